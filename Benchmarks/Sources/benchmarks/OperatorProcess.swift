import BenchmarkSupport
import CurlTransport
import Foundation
import HTTPTransport

/// A das-operator beside a `das up`.
enum OperatorProcess {
    private static let longestWait = Duration.seconds(300)
    private static let poll = Duration.milliseconds(200)

    /// Starts one, and takes its memory when it has looked at all swarms and its queues are empty.
    /// - Returns: the proportional set size in bytes.
    static func memory(
        program: String, folder: String, store: String, gateway: String, untilReconciled swarms: Int
    ) async throws -> Int {
        let metrics = Int.random(in: 20_000..<60_000)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [
            "--kubeconfig", "\(folder)/kubeconfig", "--store", store, "--gateway-url", gateway, "--gateway-ca",
            "\(folder)/pki/ca.crt", "--metrics-listen", "127.0.0.1:\(metrics)", "--log-level", "error",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw BenchmarkFailure(
                "\(program) cannot be run; build it with `swift build -c release --product das-operator`: \(error)")
        }
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let deadline = ContinuousClock.now + longestWait
        while ContinuousClock.now < deadline, process.isRunning {
            if let answer = try? await transport.send(HTTPRequest(.get, "http://127.0.0.1:\(metrics)/metrics")),
                isSettled(String(decoding: answer.body, as: UTF8.self), swarms)
            {
                return ProcessFamily(root: process.processIdentifier).memory().root
            }
            try await Task.sleep(for: poll)
        }
        throw BenchmarkFailure("\(program) has not looked at \(swarms) swarms within \(longestWait)")
    }

    private static func isSettled(_ metrics: String, _ swarms: Int) -> Bool {
        func sum(_ name: String, _ label: String = "") -> Double {
            metrics.split(separator: "\n").filter { $0.hasPrefix(name + "{") && $0.contains(label) }
                .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
        }
        return sum("controller_runtime_reconcile_total", #"controller="agentswarm""#) >= Double(swarms)
            && sum("workqueue_depth") == 0 && sum("controller_runtime_active_workers") == 0
    }
}
