private import CStatx
private import Glibc
import TaskQueue

/// The files that a store was opened on. SQLite goes on writing to files that were taken away, and what it writes then is lost
/// with the process; so it is looked whether they are still there before anything is written.
struct StoreFiles: Sendable {
    private struct Identity: Sendable, Equatable {
        var device: UInt64
        var inode: UInt64

        init?(_ path: String) {
            (device, inode) = (0, 0)
            if das_file_identity(AT_FDCWD, path, &device, &inode) == 0 { return }
            // Old kernels have no such call, and old sandboxes do not know it.
            guard errno == ENOSYS || errno == EPERM else { return nil }
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    private let files: [(path: String, identity: Identity)]

    /// Notes the database and its log as they are now.
    init(path: String) {
        files = [path, path + "-wal"].compactMap { path in Identity(path).map { (path, $0) } }
    }

    /// - Throws: `TaskStoreError.unavailable` where one of them is gone, or another has taken its place.
    func check() throws(TaskStoreError) {
        for (path, identity) in files {
            guard let now = Identity(path) else {
                throw TaskStoreError(
                    .unavailable, "\(path) was taken away while in use; put it back, or restart on a backup")
            }
            guard now == identity else {
                throw TaskStoreError(
                    .unavailable,
                    "\(path) is another file than the one in use; put that one back, or restart to use the new one")
            }
        }
    }
}
