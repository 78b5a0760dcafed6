import Foundation
import StructuredData

/// Celery with Redis, doing the same work in the same run.
struct CeleryPeer {
    var version: String
    var redis: String
    var workers: Int
    var tasksPerSecond: Double
    var p50Milliseconds: Double
    var p99Milliseconds: Double

    /// Where the script is, from the root of the project or from the package of the benchmarks.
    private static let places = ["Benchmarks/Peers/celery_peer.py", "Peers/celery_peer.py"]

    /// - Parameter python: an interpreter that has the packages `celery` and `redis`.
    static func measure(python: String, tasks: Int, singles: Int) throws -> CeleryPeer {
        guard let script = places.first(where: FileManager.default.fileExists(atPath:)) else {
            throw BenchmarkFailure("\(places[0]) is not here: run the benchmark from the root of the project")
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python, script, "--tasks", "\(tasks)", "--singles", "\(singles)"]
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkFailure(
                """
                the peer ended with \(process.terminationStatus). It needs `redis-server`, and a Python with Celery: \
                python3 -m venv VENV && VENV/bin/pip install 'celery[redis]', then --python VENV/bin/python; \
                --no-peer does without it
                """)
        }
        let answer = try JSON.parse(Array(bytes))
        guard let version = answer["celery"]?.stringValue, let redis = answer["redis"]?.stringValue,
            let workers = answer["workers"]?.intValue, let rate = answer["tasksPerSecond"]?.doubleValue,
            let p50 = answer["p50Milliseconds"]?.doubleValue, let p99 = answer["p99Milliseconds"]?.doubleValue
        else { throw BenchmarkFailure("the peer printed something else: \(String(decoding: bytes, as: UTF8.self))") }
        return CeleryPeer(
            version: version, redis: redis, workers: workers, tasksPerSecond: rate, p50Milliseconds: p50,
            p99Milliseconds: p99)
    }

    var text: String { "Celery \(version), Redis \(redis), \(workers) worker processes" }
}
