import BenchmarkSupport
import StructuredData

/// Celery with Redis, doing the same work in the same run.
struct CeleryPeer {
    var version: String
    var redis: String
    var workers: Int
    var tasksPerSecond: Double
    var p50Milliseconds: Double
    var p99Milliseconds: Double

    private static let peer = PythonPeer(
        script: "celery_peer.py", packages: ["celery[redis]"], alsoNeeds: "`redis-server`")

    /// - Parameter python: an interpreter that has the packages `celery` and `redis`.
    static func measure(python: String, tasks: Int, singles: Int) throws -> CeleryPeer {
        let answer = try peer.run(python: python, ["--tasks", "\(tasks)", "--singles", "\(singles)"])
        guard let version = answer["celery"]?.stringValue, let redis = answer["redis"]?.stringValue,
            let workers = answer["workers"]?.intValue, let rate = answer["tasksPerSecond"]?.doubleValue,
            let p50 = answer["p50Milliseconds"]?.doubleValue, let p99 = answer["p99Milliseconds"]?.doubleValue
        else { throw BenchmarkFailure("the peer printed something else: \(answer.text())") }
        return CeleryPeer(
            version: version, redis: redis, workers: workers, tasksPerSecond: rate, p50Milliseconds: p50,
            p99Milliseconds: p99)
    }

    var text: String { "Celery \(version), Redis \(redis), \(workers) worker processes" }
}
