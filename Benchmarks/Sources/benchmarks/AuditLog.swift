import BenchmarkSupport
import Foundation
import StructuredData

/// The API server's own account of what it was asked.
struct AuditLog {
    private static let writing: Set<String> = ["create", "update", "patch", "delete"]

    let file: String

    /// Where it ends now.
    func end() throws -> UInt64 {
        guard let handle = FileHandle(forReadingAtPath: file) else { throw BenchmarkFailure("there is no \(file)") }
        defer { try? handle.close() }
        return try handle.seekToEnd()
    }

    /// How many writes a user has been answered since.
    func writes(by user: String, since start: UInt64) throws -> Int {
        guard let handle = FileHandle(forReadingAtPath: file) else { throw BenchmarkFailure("there is no \(file)") }
        defer { try? handle.close() }
        try handle.seek(toOffset: start)
        var count = 0
        for line in (try handle.readToEnd() ?? Data()).split(separator: UInt8(ascii: "\n")) {
            // The last one may not be whole yet.
            guard let entry = try? JSON.parse(Array(line)), entry["stage"] == "ResponseComplete",
                entry["user"]?["username"]?.stringValue == user,
                let verb = entry["verb"]?.stringValue, Self.writing.contains(verb)
            else { continue }
            count += 1
        }
        return count
    }
}
