import FoundationEssentials
import Glibc

/// A file system of a few hundred kilobytes, in memory, that can be made read-only. Making one takes the rights of an administrator.
final class TinyDisk: Sendable {
    static let isAvailable = (try? TinyDisk(kilobytes: 64)) != nil
    static let reason = "mounting a file system takes the rights of an administrator"

    let path: String

    init(kilobytes: Int) throws {
        path = FileManager.default.temporaryDirectory.path + "/das-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
            let problem = errno
            try? FileManager.default.removeItem(atPath: path)
            throw DiskError(number: problem)
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A program that another test starts at this moment has copies of this process's descriptors until it is that program: the file
    /// system is busy for so long, though its files are closed here.
    func setReadOnly(_ isReadOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
        for _ in 0..<Self.remountAttempts {
            if mount("tmpfs", path, "tmpfs", flags, nil) == 0 { return }
            guard errno == EBUSY else { break }
            sched_yield()
        }
        throw DiskError(number: errno)
    }

    private static let remountAttempts = 100_000

    /// Takes all the room that is left.
    func fill() throws {
        let descriptor = open(path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskError(number: errno) }
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 0x5A, count: 4096)
        while bytes.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) > 0 {}
    }

    func makeRoom() { unlink(path + "/filler") }

    struct DiskError: Error { var number: Int32 }
}
