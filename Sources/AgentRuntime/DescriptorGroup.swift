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
    private let state = Mutex(State())

    /// Each watch has a number of its own: that of a descriptor may be given to another one before the end of its watch is known here.
    private struct State {
        var watches: [UInt64: DescriptorWatch] = [:]
        /// The watch of each descriptor.
        var numbers: [Int32: UInt64] = [:]
        var lastNumber: UInt64 = 0
        var hasEnded = false
    }

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
        state.withLock { state in
            guard !state.hasEnded else { return false }
            let number = state.lastNumber + 1
            var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: number))
            guard epoll_ctl(descriptor, EPOLL_CTL_ADD, watch.descriptor, &event) == 0 else { return false }
            state.lastNumber = number
            if let closed = state.numbers.updateValue(number, forKey: watch.descriptor) { state.watches[closed] = nil }
            state.watches[number] = watch
            return true
        }
    }

    /// Before the descriptor is closed. It may still be told of once.
    func unwatch(_ watched: Int32) {
        state.withLock { state in
            if let number = state.numbers[watched] { remove(watched, number, &state) }
        }
    }

    private func remove(_ watched: Int32, _ number: UInt64, _ state: inout State) {
        state.watches[number] = nil
        // Else it is another's by now.
        guard state.numbers[watched] == number else { return }
        state.numbers[watched] = nil
        var event = epoll_event()
        epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, &event)
    }

    private func tell() {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.mostEvents) { events in
            let count = epoll_wait(descriptor, events.baseAddress, Int32(Self.mostEvents), 0)
            for index in 0..<Int(max(count, 0)) {
                let number = events[index].data.u64
                guard let watch = state.withLock({ $0.watches[number] }) else { continue }
                if !watch.onReadable() { state.withLock { remove(watch.descriptor, number, &$0) } }
            }
        }
    }

    private func end() {
        let ended = state.withLock { state in
            defer { state = State(hasEnded: true) }
            return state.watches
        }
        for watch in ended.values { watch.onEnd() }
    }
}
