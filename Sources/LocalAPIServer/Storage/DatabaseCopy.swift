import GRDB

/// Copies an SQLite file as of one moment, while others write to it.
package enum DatabaseCopy {
    /// - Parameters:
    ///   - source: a file in write-ahead mode; writers are not held up.
    ///   - target: a file that does not exist yet. It holds what was committed before the call, and is whole or not there.
    /// - Throws: `LocalAPIServerError`.
    package static func copy(_ source: String, to target: String) async throws(LocalAPIServerError) {
        do {
            var configuration = Configuration()
            configuration.label = "das.copy"
            configuration.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: source, configuration: configuration)
            try await queue.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM INTO ?", arguments: [target])
            }
            try queue.close()
        } catch {
            throw LocalAPIServerError(.storage, "\(source) cannot be copied to \(target): \(error)")
        }
    }
}
