import CertificateStore
import FoundationEssentials
import Glibc
import ProgramSupport
import StructuredData

/// Where a running `das up` is, as it says in its data directory.
struct RunningCluster: Codable, Sendable {
    static let file = "das.json"

    var kubeconfig: String
    var gateway: String
    var dashboard: String
    var ca: String
    var pid: Int32

    /// - Throws: `CommandFailure` where none runs there.
    static func find(in path: String) throws -> RunningCluster {
        let none = CommandFailure(
            .unreachable, "no das runs on \(path); start one with: das up --data-dir \(path)")
        guard FileManager.default.fileExists(atPath: "\(path)/\(file)"),
            let text = try DataDirectory(path).read(file)
        else { throw none }
        let cluster = try JSON.parse(text).decode(RunningCluster.self)
        guard kill(cluster.pid, 0) == 0 || errno == EPERM else { throw none }
        return cluster
    }
}
