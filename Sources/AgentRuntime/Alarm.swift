private import CLinuxDescriptors
import Glibc
import SystemThreads

/// A descriptor that can be read from once its time has come, which any thread may set: who waits for it need not be woken for that.
/// Its clock goes on while the machine is suspended.
final class Alarm: Sendable {
    let descriptor: Int32

    init() throws(SystemError) {
        descriptor = timerfd_create(CLOCK_BOOTTIME, Int32(TFD_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("make a timer") }
    }

    deinit { close(descriptor) }

    /// Goes off once, after `delay`, in place of what was set before; `nil`: never.
    func set(_ delay: Duration?) {
        var time = itimerspec()
        if let delay {
            // Zero would be never.
            let (seconds, attoseconds) = max(delay, .nanoseconds(1)).components
            time.it_value = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        }
        timerfd_settime(descriptor, 0, &time, nil)
    }

    /// Returns once it goes off.
    func wait() {
        var count: UInt64 = 0
        while read(descriptor, &count, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
    }
}
