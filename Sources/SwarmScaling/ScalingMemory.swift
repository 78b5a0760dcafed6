/// What a decision needs to know of those before it: a value that each decision is given and gives back. Times are before now.
package struct ScalingMemory: Codable, Sendable, Equatable {
    /// The greatest numbers wanted within the window for going down.
    package var greatest: RecommendationWindow
    /// The least numbers wanted within the window for going up.
    package var least: RecommendationWindow
    /// Since arrivals were last too many for the agents; `nil`: no burst.
    package var burstMilliseconds: Int?

    package init(
        greatest: RecommendationWindow = RecommendationWindow(), least: RecommendationWindow = RecommendationWindow(),
        burstMilliseconds: Int? = nil
    ) {
        self.greatest = greatest
        self.least = least
        self.burstMilliseconds = burstMilliseconds
    }

    /// Where nothing is remembered, the agents that stand are taken to have been wanted until now: a restart takes none away sooner.
    package init(standing agents: Int) {
        self.init()
        if agents > 0 { greatest.entries = [.init(agents: agents, milliseconds: 0)] }
    }

    /// The same when so much time has passed.
    package func aged(by milliseconds: Int64) -> ScalingMemory {
        let passed = Int(clamping: max(milliseconds, 0))
        return ScalingMemory(
            greatest: greatest.aged(by: passed), least: least.aged(by: passed),
            burstMilliseconds: burstMilliseconds.map { Int(clamping: Int64($0) + Int64(passed)) })
    }
}

/// The extreme of the numbers that were wanted within a window of time. Only those are kept that may yet be it: each later one is
/// less extreme than those before it.
package struct RecommendationWindow: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package var agents: Int
        package var milliseconds: Int
    }

    /// One that follows a more extreme one sooner than this part of the window is left out, which bounds their number.
    private static let parts = 32

    package var entries: [Entry] = []

    package init() {}

    /// Adds a number, drops what has left the window, and answers the most extreme, with when it leaves.
    mutating func note(
        _ agents: Int, windowSeconds: Int, isMoreExtreme: (Int, Int) -> Bool
    ) -> (agents: Int, millisecondsLeft: Int) {
        let window = max(windowSeconds, 0) * 1000
        entries.removeAll { $0.milliseconds >= window || !isMoreExtreme($0.agents, agents) }
        if let last = entries.last, last.milliseconds < window / Self.parts {
            return (entries[0].agents, window - entries[0].milliseconds)
        }
        if window > 0 { entries.append(Entry(agents: agents, milliseconds: 0)) }
        guard let first = entries.first else { return (agents, 0) }
        return (first.agents, window - first.milliseconds)
    }

    func aged(by milliseconds: Int) -> RecommendationWindow {
        var aged = self
        for index in aged.entries.indices {
            aged.entries[index].milliseconds = Int(clamping: Int64(entries[index].milliseconds) + Int64(milliseconds))
        }
        return aged
    }
}
