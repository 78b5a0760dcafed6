import Glibc
import Synchronization
import TaskQueue

/// An upload into the blob directory.
final class BlobUpload: BlobWriter {
    private let id: BlobID
    private let name: String
    private let file: NewFile
    private let directory: BlobDirectory
    private let bytes = Mutex(0)

    init(id: BlobID, name: String, file: NewFile, directory: BlobDirectory) {
        self.id = id
        self.name = name
        self.file = file
        self.directory = directory
    }

    func write(_ chunk: [UInt8]) async throws {
        try await directory.onThread { [file] in try file.write(chunk) }
        bytes.withLock { $0 += chunk.count }
    }

    func finish(sha256: String) async throws -> BlobInfo {
        try await directory.onThread { [file] in try file.finish() }
        return try await directory.list(id, file: name, sha256: sha256, bytes: bytes.withLock { $0 })
    }

    func abandon() async {
        await directory.remove([name])
    }
}

/// A file that is written from its start to its end, once.
final class NewFile: Sendable {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw FileFailure("make the file", path) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw FileFailure("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    /// What was written is on the disk.
    func finish() throws {
        if fsync(descriptor) != 0 { throw FileFailure("sync", path) }
    }

    /// The names in the directory are on the disk.
    static func sync(directory path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw FileFailure("open", path) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw FileFailure("sync", path) }
    }

    /// At most `limit` bytes from `offset` on; `nil`: there is no such file.
    static func read(_ path: String, offset: Int, limit: Int) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        if descriptor < 0 { throw FileFailure("open", path) }
        defer { close(descriptor) }
        var failure: FileFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            while count < limit {
                let read = pread(
                    descriptor, buffer.baseAddress?.advanced(by: count), limit - count, off_t(offset + count))
                if read < 0, errno == EINTR { continue }
                if read < 0 { failure = FileFailure("read", path) }
                if read <= 0 { break }
                count += read
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

/// What the system says to an operation on a file.
struct FileFailure: Error, CustomStringConvertible {
    let description: String
    let number: Int32

    init(_ what: String, _ path: String) {
        number = errno
        description = "cannot \(what) \(path): \(String(cString: strerror(number)))"
    }

    /// There is no room on the disk, or none for this user.
    var isFull: Bool { number == ENOSPC || number == EDQUOT }
}
