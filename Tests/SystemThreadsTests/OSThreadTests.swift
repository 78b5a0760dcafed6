import Glibc
import Synchronization
import SystemThreads
import Testing

@Suite("Threads of the operating system")
struct OSThreadTests {
    @Test func `a thread has its name, cut to what the kernel keeps, and can be waited for`() throws {
        let name = Mutex("")
        try OSThread.start("a-name-that-is-too-long") {
            var bytes = [UInt8](repeating: 0, count: 32)
            let file = open("/proc/thread-self/comm", O_RDONLY)
            let count = read(file, &bytes, bytes.count)
            close(file)
            name.withLock { $0 = String(decoding: bytes[..<max(count, 0)], as: UTF8.self) }
        }.join()
        #expect(name.withLock { $0 } == "a-name-that-is-\n")
    }

    @Test func `signals go to the threads that wait for them, but a fault of its own reaches a thread`() throws {
        let blocked = Mutex<[Int32: Int32]>([:])
        try OSThread.start("signals") {
            var signals = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &signals)
            for signal in [SIGTERM, SIGINT, SIGPIPE, SIGCHLD, SIGSEGV, SIGILL] {
                let isBlocked = withUnsafePointer(to: signals) { sigismember($0, signal) }
                blocked.withLock { $0[signal] = isBlocked }
            }
        }.join()
        #expect(blocked.withLock { $0 } == [SIGTERM: 1, SIGINT: 1, SIGPIPE: 1, SIGCHLD: 1, SIGSEGV: 0, SIGILL: 0])
    }

    @Test func `a thread that has ended gives back what it took`() throws {
        // Each unjoined thread would keep the address range of its stack: 8 MiB.
        func mappedPages() -> Int {
            var bytes = [UInt8](repeating: 0, count: 64)
            let file = open("/proc/self/statm", O_RDONLY)
            let count = read(file, &bytes, bytes.count)
            close(file)
            return String(decoding: bytes[..<max(count, 0)], as: UTF8.self).split(separator: " ").first.flatMap {
                Int($0)
            } ?? 0
        }
        let before = mappedPages()
        for _ in 0..<2000 { try OSThread.start("short") {}.join() }
        #expect(mappedPages() - before < 2000 * (8 << 20) / 4096 / 4)
    }

    @Test func `a monitor's wait ends with a signal, and at its limit without one`() throws {
        let monitor = Monitor()
        monitor.withLock {
            let began = ContinuousClock.now
            while ContinuousClock.now < began + .milliseconds(20) { monitor.wait(atMost: .milliseconds(20)) }
        }
        let shared = Shared(monitor)
        let thread = try OSThread.start("waiter") {
            monitor.withLock {
                while !shared.isSet { monitor.wait(atMost: nil) }
            }
        }
        monitor.withLock {
            shared.isSet = true
            monitor.signal()
        }
        thread.join()
    }

    /// `@unchecked Sendable`: used under the monitor.
    private final class Shared: @unchecked Sendable {
        let monitor: Monitor
        var isSet = false
        init(_ monitor: Monitor) { self.monitor = monitor }
    }

    @Test func `a failed call says what was tried and why it failed`() {
        #expect(
            SystemError("start a thread", EAGAIN).description
                == "cannot start a thread: Resource temporarily unavailable")
    }

    @Test func `the monotonic clock never goes back`() {
        let first = MonotonicTime.seconds
        #expect(MonotonicTime.seconds >= first)
        #expect(first > 0)
    }
}
