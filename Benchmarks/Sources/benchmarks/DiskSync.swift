import BenchmarkSupport
import Foundation

/// What it takes to have a block on the disk: the least that any acknowledgement costs.
enum DiskSync {
    private static let blockBytes = 4096

    /// - Parameter folder: on the file system in question.
    static func measure(in folder: String, times: Int) throws -> Durations {
        let path = "\(folder)/sync-\(UUID().uuidString)"
        let file = open(path, O_CREAT | O_WRONLY | O_EXCL, 0o600)
        guard file >= 0 else {
            throw BenchmarkFailure("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        defer {
            close(file)
            unlink(path)
        }
        let block = [UInt8](repeating: 0x61, count: blockBytes)
        var durations = Durations()
        for index in 0..<times {
            let begin = ContinuousClock.now
            guard pwrite(file, block, blockBytes, off_t(index * blockBytes)) == blockBytes, fdatasync(file) == 0 else {
                throw BenchmarkFailure("\(path) cannot be synced: \(String(cString: strerror(errno)))")
            }
            durations.add(begin.duration(to: .now))
        }
        return durations
    }
}
