import Logging
import TaskQueue

/// Deletes large results that belong to no task: uploads whose report never came, and results of tasks that are forgotten.
struct BlobSweep {
    private static let batch = 100
    private static let pause = Duration.seconds(300)

    let core: GatewayCore

    /// Sweeps until cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                let swept = try await sweep()
                if swept > 0 { core.logger.info("large results without a task deleted: \(swept)") }
            } catch {
                if Task.isCancelled { return }
                if let error = error as? TaskStoreError, error.code == .closed { return }
                core.logger.warning("cannot sweep large results", metadata: ["error": .string("\(error)")])
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func sweep() async throws -> Int {
        let store = core.store
        var swept = 0
        while true {
            let orphans = try await store.blobs.sweep(
                writtenBefore: store.now() + -store.policy.orphanMs, limit: Self.batch)
            swept += orphans.count
            if orphans.count < Self.batch { return swept }
        }
    }
}
