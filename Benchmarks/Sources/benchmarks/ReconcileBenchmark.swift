import ArgumentParser
import BenchmarkSupport
import ControllerRuntime
import KubernetesModel
import Synchronization

/// What the runtime itself costs: reconciles that do nothing.
struct ReconcileBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Reconciles that do nothing: the cost of queue, workers, deadlines, metrics.")

    @Option(help: "Reconciles in one turn.") var reconciles = 100_000
    @Option(help: "Turns of each part.") var turns = 5
    @Option(help: "Workers.") var workers = 2
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let conditions = try Conditions(folder: "/tmp")
        var best = (processor: Double.infinity, wall: Double.infinity)
        var bare = Double.infinity
        for _ in 0..<turns {
            let begin = ContinuousClock.now
            let used = try await turn()
            best.processor = min(best.processor, used)
            best.wall = min(best.wall, begin.duration(to: .now).seconds)
            bare = min(bare, await tasksOnly())
        }
        var table = FigureTable()
        let count = Double(reconciles)
        table.add("limit: a task that is made and awaited", count / bare, "a second of processor time")
        table.add(
            "no-op reconciles", count / best.processor, "a second of processor time", atLeast: 20_000,
            note: "\((bare / best.processor).text(digits: 2)) of the limit")
        table.add("no-op reconciles", count / best.wall, "a second", note: "\(workers) workers")
        table.report(
            "reconcile", conditions, "\(reconciles) keys in one namespace, best of \(turns) turns",
            asJSON: json)
    }

    private func turn() async throws -> Double {
        let left = Mutex(reconciles)
        let done = Signal()
        let controller = Controller(
            name: "benchmark",
            reconciler: ReconcileFunction { _ in
                let isLast = left.withLock { left in
                    left -= 1
                    return left == 0
                }
                if isLast { done.raise() }
                return .done
            }, concurrency: workers)
        let before = MonotonicTime.processorSeconds()
        let run = Task { await controller.run() }
        for index in 0..<reconciles { controller.enqueue(ObjectKey(namespace: "n", name: "task-\(index)")) }
        await done.wait()
        let used = MonotonicTime.processorSeconds() - before
        run.cancel()
        await run.value
        return used
    }

    private func tasksOnly() async -> Double {
        let before = MonotonicTime.processorSeconds()
        for _ in 0..<reconciles { await Task { await Task.yield() }.value }
        return MonotonicTime.processorSeconds() - before
    }
}
