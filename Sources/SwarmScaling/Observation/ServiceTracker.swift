/// Learns how long a swarm's tasks occupy a slot, from when each attempt begins and ends. Times are milliseconds of one clock.
package struct ServiceTracker<ID: Hashable & Sendable>: Sendable {
    /// Attempts that the figures are of.
    static var latest: Int { 200 }
    /// Fewer tell no mean, or no variation.
    static var fewest: Int { 10 }

    private var running: [ID: Int64] = [:]
    private var times: [Double] = []
    private var next = 0

    package init() {}

    package mutating func began(_ task: ID, at milliseconds: Int64) { running[task] = milliseconds }

    /// Nothing happens for a task that was not seen to begin.
    package mutating func ended(_ task: ID, at milliseconds: Int64) {
        guard let start = running.removeValue(forKey: task) else { return }
        let time = Double(max(milliseconds - start, 0))
        if times.count < Self.latest {
            times.append(time)
        } else {
            times[next] = time
            next = (next + 1) % Self.latest
        }
    }

    /// Ends may have been missed: what runs is not known any more.
    package mutating func loseTrack() { running = [:] }

    /// - Parameter meanBefore: what others know the mean to be, for as long as too few have ended here. `nil` from both: not known.
    package func time(now milliseconds: Int64, meanBefore: Int?) -> ServiceTime? {
        let ages = running.values.reduce(Int64(0)) { $0 + max(milliseconds - $1, 0) }
        let current =
            running.isEmpty
            ? nil : ServiceTime.Running(tasks: running.count, milliseconds: Int(clamping: ages))
        guard times.count >= Self.fewest else {
            return meanBefore.map { ServiceTime(milliseconds: $0, running: current) }
        }
        let count = Double(times.count)
        let mean = times.reduce(0, +) / count
        let squares = times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let variation = mean > 0 ? squares / (count - 1) / (mean * mean) : 0
        return ServiceTime(
            milliseconds: Int(mean.rounded()), variationThousandths: Int((variation * 1000).rounded()), running: current
        )
    }
}
