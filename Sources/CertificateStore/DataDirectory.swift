import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The folder in which one local cluster keeps everything. One process at a time owns it.
package struct DataDirectory: Sendable {
    package let path: String

    /// Makes the folder where it is missing.
    package init(_ path: String) throws(DataDirectoryError) {
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
        self.path = absolute
        do {
            try FileManager.default.createDirectory(
                atPath: absolute, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DataDirectoryError("cannot make the data directory \(absolute): \(error.localizedDescription)")
        }
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The text of a file; `nil` where there is none.
    package func read(_ name: String) throws(DataDirectoryError) -> String? {
        let file = file(name)
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        do {
            return try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw DataDirectoryError("cannot read \(file): \(error.localizedDescription)")
        }
    }

    /// Writes a file as a whole or not at all.
    package func write(_ text: String, to name: String, secret: Bool = false) throws(DataDirectoryError) {
        let target = file(name)
        let temporary = "\(target).new"
        do {
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: target).deletingLastPathComponent().path,
                withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DataDirectoryError("cannot write \(target): \(error.localizedDescription)")
        }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, secret ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw DataDirectoryError("cannot write \(target): \(Self.reason())") }
        defer { close(descriptor) }
        guard Self.writeAll(Array(text.utf8), to: descriptor) else {
            throw DataDirectoryError("cannot write \(target): \(Self.reason())")
        }
        guard fsync(descriptor) == 0, rename(temporary, target) == 0 else {
            throw DataDirectoryError("cannot write \(target): \(Self.reason())")
        }
    }

    package func remove(_ name: String) {
        unlink(file(name))
    }

    /// Takes the folder for this process; the lock ends with the process, however it ends.
    package func lock() throws(DataDirectoryError) -> DataDirectoryLock {
        let file = file("lock")
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DataDirectoryError("cannot open \(file): \(Self.reason())") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            let holder = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            let process = holder.isEmpty ? "another process" : "process \(holder)"
            throw DataDirectoryError(
                "\(path) is in use by \(process); end it, or choose another folder with --data-dir")
        }
        ftruncate(descriptor, 0)
        // Only for the message that the next one gets; the lock holds without it.
        _ = Self.writeAll(Array("\(getpid())".utf8), to: descriptor)
        return DataDirectoryLock(descriptor: descriptor)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return false }
            rest = rest.dropFirst(max(count, 0))
        }
        return true
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}

/// `write(2)` under a name that no method takes.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// Keeps other processes out of a data directory for as long as it lives.
package final class DataDirectoryLock: Sendable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        // Closing alone would leave the lock with a child that is being started just now, until it runs its own program.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

package struct DataDirectoryError: Error, Sendable, CustomStringConvertible {
    package var message: String

    init(_ message: String) { self.message = message }

    package var description: String { message }
}
