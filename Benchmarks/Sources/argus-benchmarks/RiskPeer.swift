import BenchmarkSupport
import StructuredData

/// NumPy, doing the same work in the same run.
struct RiskPeer {
    let milliseconds: Double
    let version: String

    private static let peer = PythonPeer(script: "numpy_risk_peer.py", packages: ["numpy"])

    init(_ arguments: [String], _ options: PeerOptions) throws {
        let answer = try Self.peer.run(
            python: options.python, arguments + ["--repetitions", "\(options.repetitions)"],
            environment: PeerOptions.oneCore)
        guard let milliseconds = answer["milliseconds"]?.doubleValue, let version = answer["numpy"]?.stringValue else {
            throw BenchmarkFailure("the peer printed something else: \(answer.text())")
        }
        (self.milliseconds, self.version) = (milliseconds, version)
    }

    /// The least time of all repetitions, in milliseconds.
    static func fastest(_ repetitions: Int, _ work: () throws -> Void) rethrows -> Double {
        var fastest = Double.infinity
        for _ in 0..<repetitions {
            let start = ContinuousClock.now
            try work()
            fastest = min(fastest, start.duration(to: .now).milliseconds)
        }
        return fastest
    }

    func report(_ name: String, _ ours: Double, bound: Double, _ note: String, _ options: PeerOptions) {
        var table = FigureTable()
        table.add("Argus", ours, "ms", digits: 2)
        table.add("NumPy", milliseconds, "ms", digits: 2)
        table.add("ratio", ours / milliseconds, "x", digits: 3, atMost: bound)
        let conditions = Conditions(folder: ".", software: ["NumPy \(version)"])
        table.report(name, conditions, note, asJSON: options.json)
    }
}
