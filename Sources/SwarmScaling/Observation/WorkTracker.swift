/// Learns what a swarm's work is made of, from when tasks become ready, begin and end. Times are milliseconds of one clock.
///
/// A class that has been seen little is taken to be as its type, and a type that has been seen little as the whole.
package struct WorkTracker<ID: Hashable & Sendable>: Sendable {
    /// Classes that are remembered; then the one that was left alone for longest is forgotten.
    static var remembered: Int { 64 }
    /// With fewer ends in all there is nothing to tell apart.
    static var fewest: Double { 10 }
    /// An arrival counts 1/e of what it did after this time.
    private static var arrivalMilliseconds: Double { Double(ArrivalWindows.slowSeconds) * 1000 }

    private struct Seen {
        var times = TimeMoments()
        var ready = 0
        var running = 0
        var arrivals = 0.0
        var latest: Int64

        mutating func age(to milliseconds: Int64) {
            guard milliseconds > latest else { return }
            arrivals *= RealMath.exponential(-Double(milliseconds - latest) / WorkTracker.arrivalMilliseconds)
            latest = milliseconds
        }
    }

    private var classes: [WorkClass: Seen] = [:]
    private var running: [ID: (kind: WorkClass, since: Int64)] = [:]

    package init() {}

    var classCount: Int { classes.count }

    /// The task waits for an agent from now on; where it ran, that attempt has ended.
    package mutating func becameReady(_ task: ID, _ kind: WorkClass, at milliseconds: Int64) {
        ended(task, at: milliseconds)
        change(kind, at: milliseconds) { seen in
            seen.ready += 1
            seen.arrivals += 1
        }
    }

    package mutating func began(_ task: ID, _ kind: WorkClass, at milliseconds: Int64) {
        ended(task, at: milliseconds)
        running[task] = (kind, milliseconds)
        change(kind, at: milliseconds) { seen in
            seen.ready = max(seen.ready - 1, 0)
            seen.running += 1
        }
    }

    /// The task waits for time or for its key's limit: it was ready before, or its attempt has ended.
    package mutating func waits(_ task: ID, _ kind: WorkClass, at milliseconds: Int64) {
        guard running[task] == nil else { return ended(task, at: milliseconds) }
        change(kind, at: milliseconds) { $0.ready = max($0.ready - 1, 0) }
    }

    /// Nothing happens for a task that was not seen to begin.
    package mutating func ended(_ task: ID, at milliseconds: Int64) {
        guard let (kind, since) = running.removeValue(forKey: task) else { return }
        change(kind, at: milliseconds) { seen in
            seen.running = max(seen.running - 1, 0)
            seen.times.add(Double(max(milliseconds - since, 0)))
        }
    }

    /// Changes may have been missed: what waits and runs is not known any more.
    package mutating func loseTrack() {
        running = [:]
        for kind in classes.keys {
            classes[kind]?.ready = 0
            classes[kind]?.running = 0
        }
    }

    /// - Parameter isEmpty: no task waits, whatever was not seen to go (cancelled ones are not told from those that waited for time).
    /// - Returns: `nil` while too little has ended.
    package mutating func mix(now milliseconds: Int64, noneIsReady isEmpty: Bool) -> WorkMix? {
        for kind in classes.keys {
            classes[kind]?.age(to: milliseconds)
            if isEmpty { classes[kind]?.ready = 0 }
        }
        var whole = TimeMoments()
        var types: [String: TimeMoments] = [:]
        // In their order, so that sums do not depend on the order of a hash table.
        for (kind, seen) in classes.sorted(by: { $0.key < $1.key }) {
            whole.add(seen.times)
            types[kind.type, default: TimeMoments()].add(seen.times)
        }
        guard whole.count >= Self.fewest else { return nil }
        let all = (whole.mean, whole.meanSquare)
        let parts = classes.map { kind, seen -> WorkMix.Part in
            let ofType = (types[kind.type] ?? TimeMoments()).estimate(within: all)
            let (mean, meanSquare) = seen.times.estimate(within: ofType)
            let variation = mean > 0 ? max(meanSquare / (mean * mean) - 1, 0) : 0
            return WorkMix.Part(
                of: kind, milliseconds: Int(mean.rounded()), variationThousandths: Int((variation * 1000).rounded()),
                ready: seen.ready, running: seen.running, arrivals: Int(seen.arrivals.rounded()))
        }.filter { $0.ready + $0.running + $0.arrivals > 0 }
        let ordered = parts.sorted { left, right in
            let (a, b) = (left.weight, right.weight)
            return a == b ? left.of < right.of : a > b
        }
        return WorkMix(parts: Array(ordered.prefix(WorkMix.most)))
    }

    private mutating func change(_ kind: WorkClass, at milliseconds: Int64, _ body: (inout Seen) -> Void) {
        if classes[kind] == nil {
            makeRoom()
            classes[kind] = Seen(latest: milliseconds)
        }
        classes[kind]?.age(to: milliseconds)
        if var seen = classes[kind] {
            body(&seen)
            classes[kind] = seen
        }
    }

    private mutating func makeRoom() {
        guard classes.count >= Self.remembered else { return }
        let oldest = classes.filter { $0.value.running == 0 }.min { left, right in
            (left.value.latest, left.key) < (right.value.latest, right.key)
        }
        if let oldest { classes[oldest.key] = nil }
    }
}

extension WorkMix.Part {
    /// How much of the work it is.
    fileprivate var weight: Double { Double(ready + running + arrivals) * Double(milliseconds) }
}
