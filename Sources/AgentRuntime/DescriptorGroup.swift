private import CLinuxDescriptors
private import Glibc
import HTTPTransport
import Synchronization
import SystemThreads

/// Descriptors that a transport's thread waits for as for a single one: it looks at each that it is given at every wait, and an agent
/// has many workers, few of which have something to say at a time.
final class DescriptorGroup: Sendable {
    /// So many are told of at a time; the others can still be read from at the next wait.
    private static let mostEvents = 64

    private let thread: any TransportThread
    /// Can be read from while one of the group can.
    private let descriptor: Int32
    private let watches = Mutex<[Int32: DescriptorWatch]?>([:])

    /// - Throws: where the system has no descriptor left.
    init(_ thread: any TransportThread) throws(SystemError) {
        self.thread = thread
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("make a group of descriptors") }
    }

    /// The thread holds the group as long as it waits for it.
    deinit { close(descriptor) }

    /// Has the thread wait for the group, until `leave()`.
    func join() {
        let watch = DescriptorWatch(
            descriptor,
            onReadable: { [self] in
                tell()
                return true
            }, onEnd: { [self] in end() })
        if !thread.watch(watch) { end() }
    }

    /// Has the thread wait for it no longer; those who are still watched are not told.
    func leave() { thread.unwatch(descriptor) }

    /// - Returns: `false`: the thread waits no longer, or the system has no room for another descriptor.
    func watch(_ watch: DescriptorWatch) -> Bool {
        watches.withLock { watches in
            guard watches != nil else { return false }
            var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: watch.descriptor))
            guard epoll_ctl(descriptor, EPOLL_CTL_ADD, watch.descriptor, &event) == 0 else { return false }
            watches?[watch.descriptor] = watch
            return true
        }
    }

    /// Before the descriptor is closed. It may still be told of once.
    func unwatch(_ watched: Int32) {
        watches.withLock { watches in
            guard watches?.removeValue(forKey: watched) != nil else { return }
            var event = epoll_event()
            epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, &event)
        }
    }

    private func tell() {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.mostEvents) { events in
            let count = epoll_wait(descriptor, events.baseAddress, Int32(Self.mostEvents), 0)
            for index in 0..<Int(max(count, 0)) {
                let readable = events[index].data.fd
                guard let watch = watches.withLock({ $0?[readable] }) else { continue }
                if !watch.onReadable() { unwatch(readable) }
            }
        }
    }

    private func end() {
        let ended = watches.withLock { watches in
            defer { watches = nil }
            return watches ?? [:]
        }
        for watch in ended.values { watch.onEnd() }
    }
}
