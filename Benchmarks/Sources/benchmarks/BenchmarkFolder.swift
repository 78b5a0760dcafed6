import Foundation

/// A folder that a benchmark has to itself.
struct BenchmarkFolder: Sendable {
    let path: String

    init() throws {
        path = "\(FileManager.default.temporaryDirectory.path)/das-benchmark-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// In bytes.
    func size(of file: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")[.size] as? Int ?? 0
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
