/// A queue with one line and several equal servers, in the steady state: M/M/c, and M/G/c by approximation.
///
/// Arrivals are Poisson. Where service times are exponential (`variation` 1) all figures are exact (Erlang 1917). For other service
/// times that a wait occurs at all is as likely as in M/M/c, and its length is exponential with a mean that is (1 + C²)/2 times as
/// long: the two-moment approximation of Lee and Longton (1959), Allen and Cunneen with Poisson arrivals (A. O. Allen,
/// Probability, Statistics and Queueing Theory, 2nd ed. 1990, section 5.3.4; percentiles as there; T. Kimura, Approximations for
/// multi-server queues: system interpolations, Queueing Systems 17, 1994).
package struct MultiServerQueue: Sendable, Equatable {
    package var servers: Int
    /// λ·S, in erlangs: how many servers are busy on average.
    package var load: Double
    /// The mean S.
    package var serviceSeconds: Double
    /// C², the variance of service times over the square of their mean: 0 where all are alike.
    package var variation: Double

    package init(servers: Int, load: Double, serviceSeconds: Double, variation: Double = 1) {
        self.servers = servers
        self.load = load
        self.serviceSeconds = serviceSeconds
        self.variation = variation
    }

    /// More servers than load: otherwise the line grows for ever.
    package var isStable: Bool { load < Double(servers) }

    /// Erlang C: the probability that an arrival waits at all; 1 where the line grows for ever.
    package var waitProbability: Double {
        guard load > 0 else { return 0 }
        guard isStable else { return 1 }
        let blocked = ErlangLoss.probability(servers: servers, load: load)
        return min(Double(servers) * blocked / (Double(servers) - load * (1 - blocked)), 1)
    }

    /// The probability of a wait of more than `seconds`.
    package func waitProbability(over seconds: Double) -> Double {
        guard load > 0 else { return 0 }
        guard isStable else { return 1 }
        guard seconds > 0 else { return waitProbability }
        return waitProbability * RealMath.exponential(-seconds / delayedSeconds)
    }

    /// The wait that `percentile` percent of arrivals do not exceed; infinite where the line grows for ever.
    package func waitSeconds(percentile: Double) -> Double {
        guard load > 0 else { return 0 }
        guard isStable else { return .infinity }
        let share = 1 - percentile / 100
        let probability = waitProbability
        return probability > share ? delayedSeconds * RealMath.logarithm(probability / share) : 0
    }

    package var meanWaitSeconds: Double {
        guard load > 0 else { return 0 }
        return isStable ? waitProbability * delayedSeconds : .infinity
    }

    /// The mean wait of those that wait.
    private var delayedSeconds: Double { (1 + variation) / 2 * serviceSeconds / (Double(servers) - load) }
}
