/// Learns how long agents take to start. Times are milliseconds of one clock.
package struct StartTracker: Sendable, Equatable {
    /// Starts that the mean is of.
    private static let latest = 8

    private enum Phase: Equatable {
        case starting(since: Int64)
        /// It has been ready; whether it is now is not asked again.
        case started
    }

    private var agents: [String: Phase] = [:]
    private var times: [Int64] = []

    package init() {}

    package mutating func observe(_ agent: String, isReady: Bool, at milliseconds: Int64) {
        switch agents[agent] {
        case nil: agents[agent] = isReady ? .started : .starting(since: milliseconds)
        case .starting(let start) where isReady:
            agents[agent] = .started
            times.append(max(milliseconds - start, 0))
            if times.count > Self.latest { times.removeFirst() }
        case .starting, .started: break
        }
    }

    package mutating func forget(_ agent: String) { agents[agent] = nil }

    /// `nil`: no agent has been seen to start yet.
    package func start(now milliseconds: Int64) -> AgentStart? {
        guard !times.isEmpty else { return nil }
        let ages: [Int64] = agents.values.compactMap { phase in
            guard case .starting(let start) = phase else { return nil }
            return max(milliseconds - start, 0)
        }
        return AgentStart(
            milliseconds: Int(times.reduce(0, +)) / times.count,
            startingMilliseconds: ages.isEmpty ? 0 : Int(ages.reduce(0, +)) / ages.count)
    }
}

/// How long an agent takes from its order to its first task.
package struct AgentStart: Codable, Sendable, Equatable {
    /// The mean of the latest.
    package var milliseconds: Int
    /// How long those that are starting have been, on average.
    package var startingMilliseconds: Int

    package init(milliseconds: Int, startingMilliseconds: Int = 0) {
        self.milliseconds = milliseconds
        self.startingMilliseconds = startingMilliseconds
    }

    package var seconds: Double { Double(max(milliseconds, 0)) / 1000 }

    /// Until those that are starting will be ready.
    package var secondsLeft: Double { Double(max(milliseconds - startingMilliseconds, 0)) / 1000 }
}
