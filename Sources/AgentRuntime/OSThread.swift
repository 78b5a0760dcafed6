import Glibc

/// A thread of the operating system, for what must not wait for, or hold up, the cooperative pool.
struct OSThread: Sendable {
    private let handle: pthread_t

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void
        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// - Parameter name: what `top -H` shows; the kernel keeps 15 bytes of it.
    static func start(_ name: String, _ run: @escaping @Sendable () -> Void) throws -> OSThread {
        let body = Unmanaged.passRetained(Body(name, run))
        var handle = pthread_t()
        let status = pthread_create(&handle, nil, { OSThread.main($0) }, body.toOpaque())
        if status != 0 {
            body.release()
            throw SystemError("start a thread", status)
        }
        return OSThread(handle: handle)
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        setName(body.name)
        body.run()
        return nil
    }

    /// Names the calling thread. It works through `/proc` since the C function is hidden behind a feature macro; a thread
    /// without a name is no harm.
    private static func setName(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        let bytes = Array(name.utf8.prefix(15))
        _ = write(file, bytes, bytes.count)
        close(file)
    }

    /// Waits for the thread's end. To be called once.
    func join() { pthread_join(handle, nil) }
}

/// A mutex with a condition that waits by the monotonic clock.
///
/// `@unchecked Sendable`: the two C objects never move and are made to be used from many threads.
final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Waits for a signal, with the lock held; `nil`: for ever. May return without one.
    func wait(atMost limit: Duration?) {
        guard let limit else {
            pthread_cond_wait(condition, mutex)
            return
        }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let (seconds, attoseconds) = max(limit, .zero).components
        time.tv_sec += Int(seconds)
        time.tv_nsec += Int(attoseconds / 1_000_000_000)
        if time.tv_nsec >= 1_000_000_000 {
            time.tv_sec += 1
            time.tv_nsec -= 1_000_000_000
        }
        pthread_cond_timedwait(condition, mutex, &time)
    }

    func signal() { pthread_cond_broadcast(condition) }
}

/// A call to the system that failed.
struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    var doing: String
    var number: Int32

    init(_ doing: String, _ number: Int32 = errno) {
        self.doing = doing
        self.number = number
    }

    var description: String { "cannot \(doing): \(String(cString: strerror(number)))" }
}
