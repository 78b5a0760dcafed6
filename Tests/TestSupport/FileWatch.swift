import Glibc
import SystemThreads

/// Waits for what other threads and processes do to files, by the kernel's word.
package enum FileWatch {
    /// Looks again after each change of a file, or of what lies in a directory, until `value` finds something.
    /// - Throws: what `value` throws; `CancellationError`.
    @discardableResult
    package static func wait<Value: Sendable>(
        at path: String, until value: () throws -> Value?
    ) async throws -> Value {
        for await _ in try changes(of: path) {
            if let found = try value() { return found }
        }
        throw CancellationError()
    }

    /// Waits until a condition holds, looking again after each change.
    package static func wait(at path: String, until isFulfilled: () throws -> Bool) async throws {
        try await wait(at: path) { try isFulfilled() ? true : nil }
    }

    /// Yields at once, and after each change of a file or of what lies in a directory; several may be told as one.
    package static func changes(of path: String) throws -> AsyncStream<Void> {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("watch files") }
        let wanted = IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO
        guard inotify_add_watch(descriptor, path, UInt32(wanted)) >= 0 else {
            let error = SystemError("watch \(path)")
            close(descriptor)
            throw error
        }
        return ReadableDescriptor.events(descriptor)
    }
}
