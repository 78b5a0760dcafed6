private import FoundationEssentials
private import Glibc

/// The few file operations the node needs, with errors that name the path. They block: call them through `Blocking`.
enum Files {
    static func makeDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ProcessNodeError(.file, "the directory \(path) cannot be made: \(error)")
        }
    }

    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    static func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
    static func isExecutable(_ path: String) -> Bool {
        var isDirectory = false
        return access(path, X_OK) == 0 && FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            && !isDirectory
    }

    /// `path` without symbolic links; as it is where it does not exist.
    static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The whole content, also of files in /proc, which tell no size; `nil` where it cannot be read.
    static func read(_ path: String, from offset: Int = 0, limit: Int = .max) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if offset > 0, lseek(descriptor, off_t(offset), SEEK_SET) < 0 { return nil }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while content.count < limit {
            let wanted = min(chunk.count, limit - content.count)
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, wanted) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            content.append(contentsOf: chunk[..<count])
        }
        return content
    }

    /// Replaces the file as one step: readers see the old content or the new one, also after a crash.
    static func writeAtomically(_ bytes: [UInt8], to path: String, mode: Int = 0o644) throws {
        let temporary = "\(path).\(UInt64.random(in: .min ... .max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw failure(temporary) }
        var isWritten = false
        defer { if !isWritten { unlink(temporary) } }
        do {
            defer { close(descriptor) }
            // The umask does not count for what a pod asks for.
            fchmod(descriptor, mode_t(mode))
            var offset = 0
            while offset < bytes.count {
                let count = bytes.withUnsafeBytes { raw in
                    Glibc.write(descriptor, raw.baseAddress?.advanced(by: offset), raw.count - offset)
                }
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw failure(temporary) }
                offset += count
            }
            guard fsync(descriptor) == 0 else { throw failure(temporary) }
        }
        guard rename(temporary, path) == 0 else { throw failure(path) }
        isWritten = true
    }

    static func isLink(_ path: String) -> Bool {
        var target: CChar = 0
        return readlink(path, &target, 1) >= 0
    }

    /// Makes `path` a symbolic link to `target`, in the place of whatever it was, in one step.
    static func replaceLink(at path: String, to target: String) throws {
        let temporary = "\(path).\(UInt64.random(in: .min ... .max)).tmp"
        guard symlink(target, temporary) == 0 else { throw failure(temporary) }
        guard rename(temporary, path) == 0 else {
            defer { unlink(temporary) }
            throw failure(path)
        }
    }

    private static func failure(_ path: String) -> ProcessNodeError {
        ProcessNodeError(.file, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}

/// A directory that only one process may use at a time; the lock goes with the process.
struct DirectoryLock: ~Copyable {
    private let descriptor: Int32

    init(_ directory: String) throws {
        let path = directory + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw ProcessNodeError(
                .rootDirectory,
                "\(path) cannot be opened: \(String(cString: strerror(errno))); choose another directory")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ProcessNodeError(
                .rootDirectory, "another node uses \(directory): stop it, or give this one a directory of its own")
        }
    }

    deinit {
        // Closing alone would leave the lock with a child that is being started just now, until it runs its own program.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
