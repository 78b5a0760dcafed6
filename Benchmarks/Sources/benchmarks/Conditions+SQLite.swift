import BenchmarkSupport
import GRDB

extension Conditions {
    /// The conditions of a benchmark that keeps its state in SQLite.
    /// - Parameter folder: where the measured files are.
    init(folder: String) throws {
        let version = try DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") } ?? "unknown"
        self.init(folder: folder, software: ["SQLite \(version)"])
    }
}
