private import Glibc
import TaskQueue

/// The right of one process to a file, held through an advisory lock on a file beside it. The kernel gives it back when the
/// process ends, however it ends.
struct FileLock: ~Copyable {
    private let descriptor: CInt

    /// - Throws: `TaskStoreError.inUse`, which names the process that holds the lock; `unavailable` where the folder may yet be
    ///   there and have room, a volume's for example; `cannotOpen`.
    init(for path: String) throws(TaskStoreError) {
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw TaskStoreError(
                Self.mayPass(errno) ? .unavailable : .cannotOpen,
                "cannot open \(lockPath): \(String(cString: strerror(errno))); the task store needs a folder that exists "
                    + "and that this user may write")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let problem = errno
            let holder = Self.read(descriptor)
            close(descriptor)
            if problem == EWOULDBLOCK {
                throw TaskStoreError(
                    .inUse,
                    "the task store \(path) is in use by \(holder.isEmpty ? "another process" : "process \(holder)"); "
                        + "stop that, or choose another store")
            }
            throw TaskStoreError(.cannotOpen, "cannot lock \(lockPath): \(String(cString: strerror(problem)))")
        }
        let holder = Array("\(getpid()) (\(CommandLine.arguments.first.map(Self.lastComponent) ?? "?"))\n".utf8)
        ftruncate(descriptor, 0)
        _ = holder.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        self.descriptor = descriptor
    }

    deinit {
        // Closing alone would leave the lock with a child that is being started just now, until it runs its own program.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func mayPass(_ problem: CInt) -> Bool {
        [ENOENT, ENOSPC, EDQUOT, EROFS, EIO, EMFILE, ENFILE].contains(problem)
    }

    private static func read(_ descriptor: CInt) -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let line = bytes.prefix(max(count, 0)).prefix { $0 >= 0x20 && $0 < 0x7F }
        return String(decoding: line, as: UTF8.self)
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
