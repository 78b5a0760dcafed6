/// One line before equal servers, first come, first served: each arrival's wait follows from when the servers are free (Kiefer and
/// Wolfowitz 1955).
struct QueueSimulation {
    var servers: Int
    var arrivalsPerSecond: Double
    var serviceSeconds: Double
    var shape: ServiceShape
    var seed: UInt64

    /// The share of `arrivals` that wait at most `seconds`; the first tenth fills the queue and does not count.
    func share(within seconds: Double, arrivals: Int) -> Double {
        var generator = SeededGenerator(seed: seed)
        var free = [Double](repeating: 0, count: servers)
        var now = 0.0
        var met = 0
        let warmUp = arrivals / 10
        for arrival in 0..<(warmUp + arrivals) {
            now += generator.exponential(mean: 1 / arrivalsPerSecond)
            var first = 0
            for server in 1..<max(servers, 1) where free[server] < free[first] { first = server }
            let start = max(now, free[first])
            free[first] = start + shape.time(mean: serviceSeconds, &generator)
            if arrival >= warmUp, start - now <= seconds { met += 1 }
        }
        return Double(met) / Double(arrivals)
    }
}
