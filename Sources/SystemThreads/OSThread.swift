private import Synchronization

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// A thread of the operating system, for what must not wait for, or hold up, the cooperative pool.
///
/// It does not keep the process alive. Signals are for the threads that wait for them, so it blocks them all but those that
/// tell of a fault of its own; a write to a closed socket on it raises no SIGPIPE.
package struct OSThread: Sendable {
    private let end: End

    /// Starts a thread, which takes care of itself: nobody needs to wait for its end.
    /// - Parameter name: what `top -H` shows; the kernel keeps 15 bytes of it.
    /// - Throws: `SystemError` where there is no thread to be had.
    @discardableResult
    package static func start(_ name: String, _ run: @escaping @Sendable () -> Void) throws(SystemError) -> OSThread {
        let end = End()
        let body = Unmanaged.passRetained(
            Body(name) {
                run()
                end.come()
            })
        #if canImport(Darwin)
            var handle: pthread_t?
            let status = pthread_create(&handle, nil, { OSThread.main($0) }, body.toOpaque())
        #else
            var handle = pthread_t()
            let status = pthread_create(&handle, nil, { OSThread.main($0) }, body.toOpaque())
        #endif
        guard status == 0 else {
            body.release()
            throw SystemError("start a thread", status)
        }
        #if canImport(Darwin)
            if let handle { pthread_detach(handle) }
        #else
            pthread_detach(handle)
        #endif
        return OSThread(end: end)
    }

    /// Blocks the calling thread until what this one runs has returned.
    package func join() { end.wait() }

    /// Blocks the calling thread until that second of `MonotonicTime`.
    package static func sleep(untilMonotonic deadline: Double) {
        while true {
            let rest = deadline - MonotonicTime.seconds
            guard rest > 0 else { return }
            // In steps, since a signal may cut one short.
            usleep(UInt32(min(rest, 0.5) * 1e6) + 1)
        }
    }

    /// Keeps the calling thread from ever going on, without unwinding it.
    package static func park() -> Never {
        while true { pause() }
    }

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void
        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Whether the thread has ended; `@unchecked Sendable`: the state is used under the monitor.
    private final class End: @unchecked Sendable {
        private let monitor = Monitor()
        private var hasCome = false

        func come() {
            monitor.withLock {
                hasCome = true
                monitor.signal()
            }
        }

        func wait() {
            monitor.withLock {
                while !hasCome { monitor.wait(atMost: nil) }
            }
        }
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        blockSignals()
        setName(body.name)
        body.run()
        return nil
    }

    private static func blockSignals() {
        var signals = sigset_t()
        sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Names the calling thread; one without a name is no harm.
    private static func setName(_ name: String) {
        #if canImport(Darwin)
            pthread_setname_np(name)
        #else
            // The C function is hidden behind a feature macro.
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            let bytes = Array(name.utf8.prefix(15))
            _ = write(file, bytes, bytes.count)
            close(file)
        #endif
    }
}
