import BenchmarkSupport
import Foundation

/// What it takes to have a block on the disk: the least that any acknowledgement costs.
final class DiskSync: Sendable {
    private static let blockBytes = 4096

    private let path: String
    private let file: Int32

    /// - Parameter folder: on the file system in question.
    init(in folder: String) throws {
        path = "\(folder)/sync-\(UUID().uuidString)"
        file = open(path, O_CREAT | O_WRONLY | O_EXCL, 0o600)
        guard file >= 0 else {
            throw BenchmarkFailure("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(file)
        unlink(path)
    }

    /// Writes one block, and waits until it is on the disk.
    func write(block index: Int) throws -> Duration {
        let block = [UInt8](repeating: 0x61, count: Self.blockBytes)
        let begin = ContinuousClock.now
        guard pwrite(file, block, Self.blockBytes, off_t(index * Self.blockBytes)) == Self.blockBytes,
            fdatasync(file) == 0
        else { throw BenchmarkFailure("\(path) cannot be synced: \(String(cString: strerror(errno)))") }
        return begin.duration(to: .now)
    }

    /// One block after the other.
    static func measure(in folder: String, times: Int) throws -> Durations {
        let disk = try DiskSync(in: folder)
        var durations = Durations()
        for index in 0..<times { durations.add(try disk.write(block: index)) }
        return durations
    }
}
