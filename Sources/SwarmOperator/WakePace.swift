import KubernetesModel
import Synchronization

/// How soon a swarm is looked at again: the first time at once, and from then on in steps of a pause, however often something asks.
final class WakePace: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// So many swarms are remembered before those are forgotten whose pause is over.
    private static let remembered = 1000

    private let pause: Duration
    private let woken = Mutex<[ObjectKey: Instant]>([:])

    init(pause: Duration) { self.pause = pause }

    func delay(_ key: ObjectKey, now: Instant) -> Duration {
        woken.withLock { woken in
            if let last = woken[key], now - last < pause { return pause }
            if woken.count >= Self.remembered { woken = woken.filter { now - $0.value < pause } }
            woken[key] = now
            return .zero
        }
    }
}
