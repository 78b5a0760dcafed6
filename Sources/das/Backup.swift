import ArgumentParser
import CertificateStore
import LocalCluster
import ProgramSupport

struct Backup: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ["data-dir"]

    static let configuration = CommandConfiguration(
        abstract: "Copy the data directory as of one moment, while das runs or not.",
        discussion: """
            Examples:
              das backup /var/backups/das-monday
              das up --data-dir /var/backups/das-monday     # goes on from there

            Nobody waits for it: writes go on meanwhile. What was answered before it began is in the copy.
            """)

    @OptionGroup var data: DataDirectoryOption

    @Argument(help: "A folder that does not exist yet.")
    var target: String

    func run() async throws {
        let source = data.resolved
        guard try ClusterBackup.isCluster(source) else {
            throw CommandFailure(.usage, "\(source) holds no cluster; name its folder with --data-dir")
        }
        do {
            try await ClusterBackup.copy(try DataDirectory(source), to: target)
        } catch let error as ClusterBackup.TargetExists {
            throw CommandFailure(.usage, "\(error.path) is there already; name a folder that is not")
        }
        print("copied to \(target); run it with: das up --data-dir \(target)")
    }
}
