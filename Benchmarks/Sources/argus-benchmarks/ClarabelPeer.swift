import BenchmarkSupport
import StructuredData

/// cvxpy with Clarabel, doing the same work in the same run.
struct ClarabelPeer {
    let milliseconds: Double
    let objective: Double
    private let software: [String]

    private static let peer = PythonPeer(script: "clarabel_peer.py", packages: ["cvxpy", "clarabel"])

    init(_ arguments: [String], _ options: PeerOptions) throws {
        let answer = try Self.peer.run(
            python: options.python, arguments + ["--repetitions", "\(options.repetitions)"],
            environment: PeerOptions.oneCore)
        guard let milliseconds = answer["milliseconds"]?.doubleValue, let objective = answer["objective"]?.doubleValue,
            let cvxpy = answer["cvxpy"]?.stringValue, let clarabel = answer["clarabel"]?.stringValue
        else { throw BenchmarkFailure("the peer printed something else: \(answer.text())") }
        (self.milliseconds, self.objective) = (milliseconds, objective)
        software = ["cvxpy \(cvxpy)", "Clarabel \(clarabel)"]
    }

    /// The least time of all repetitions, in milliseconds, and what the last of them found.
    static func fastest(_ repetitions: Int, _ work: () throws -> Double) rethrows -> (Double, Double) {
        var (fastest, found) = (Double.infinity, Double.nan)
        for _ in 0..<repetitions {
            let start = ContinuousClock.now
            found = try work()
            fastest = min(fastest, start.duration(to: .now).milliseconds)
        }
        return (fastest, found)
    }

    /// - Parameter tolerance: by how much the two objectives may differ, relatively.
    func report(
        _ name: String, _ ours: (milliseconds: Double, objective: Double), tolerance: Double, bound: Double,
        _ note: String, _ options: PeerOptions
    ) throws {
        let difference = abs(ours.objective / objective - 1)
        guard difference <= tolerance else {
            throw BenchmarkFailure("the objectives differ by \(difference): \(ours.objective) and \(objective)")
        }
        var table = FigureTable()
        table.add("Argus", ours.milliseconds, "ms", digits: 3)
        table.add("cvxpy with Clarabel", milliseconds, "ms", digits: 3)
        table.add("ratio", ours.milliseconds / milliseconds, "x", digits: 3, atMost: bound)
        table.report(name, Conditions(folder: ".", software: software), note, asJSON: options.json)
    }
}
