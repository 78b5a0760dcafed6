import Synchronization
import TestSupport

/// A clock that moves only when told to.
final class ManualClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        var until: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: Sleeper] = [:]
        var nextID = 0
    }

    private let state = Observed(State())

    var now: Instant { state.value.now }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.change { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let result: Result<Void, any Error>? = state.change { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if deadline <= state.now { return .success(()) }
                    state.sleepers[id] = Sleeper(until: deadline, continuation: continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.change { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }

    func advance(by duration: Duration) {
        let due = state.change { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Moves the time and wakes nobody, as when the whole process has stood still.
    func advance(silentlyBy duration: Duration) { state.change { $0.now = $0.now.advanced(by: duration) } }

    /// Returns once somebody sleeps exactly until `offset`, or the task is cancelled.
    func sleeper(until offset: Duration) async {
        _ = try? await state.wait { $0.sleepers.values.contains { $0.until.offset == offset } }
    }

    /// Returns once somebody sleeps for at most `duration` from now.
    /// - Throws: `CancellationError`.
    func sleeper(within duration: Duration) async throws {
        let end = now.advanced(by: duration)
        try await state.wait { $0.sleepers.values.contains { $0.until <= end } }
    }
}

/// A clock on which every sleep is over at once, and moves the time on.
final class RushedClock: Clock, Sendable {
    typealias Instant = ManualClock.Instant
    private let step: Duration
    private let offset = Mutex(Duration.zero)

    /// - Parameter step: what passes between any two looks at the time.
    init(step: Duration = .zero) { self.step = step }

    var now: Instant {
        Instant(
            offset: offset.withLock { offset in
                defer { offset += step }
                return offset
            })
    }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        offset.withLock { $0 = max($0, deadline.offset) }
        await Task.yield()
    }
}
