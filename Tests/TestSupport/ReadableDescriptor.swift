import Dispatch
import Glibc

/// Tells when a descriptor has something to read.
enum ReadableDescriptor {
    /// Yields at once, and whenever something was read and thrown away; ends when nothing can be read though the descriptor says
    /// so, and with the task that listens. Closes the descriptor in the end.
    /// - Parameter descriptor: does not block.
    static func events(_ descriptor: Int32) -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            // Dispatch's objects may be used from any thread; the protocol does not say so.
            nonisolated(unsafe) let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
            source.setEventHandler {
                if drain(descriptor) { continuation.yield() } else { source.cancel() }
            }
            source.setCancelHandler {
                close(descriptor)
                continuation.finish()
            }
            continuation.onTermination = { _ in source.cancel() }
            continuation.yield()
            source.activate()
        }
    }

    /// Takes what is there; `false` where that was nothing.
    private static func drain(_ descriptor: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var hasRead = false
        while read(descriptor, &buffer, buffer.count) > 0 { hasRead = true }
        return hasRead
    }
}
