import ControllerRuntime
import KubernetesModel
import Logging
import SwarmAPI
import TaskQueue

/// Cancels tasks whose SwarmTask was deleted while no operator watched. Runs once, after the caches have their first list.
struct OrphanSweep: Sendable {
    let store: any TaskStore
    let tasks: Store<CachedTask>
    let fanOuts: FanOutDriver
    let cancelGraceMilliseconds: Int64
    let logger: Logger

    func run() async throws {
        let live = try await store.liveObjectTasks()
        let known = Set(tasks.list().compactMap(\.metadata.uid))
        let orphans = live.filter { !known.contains($0.id.text) }
        for record in orphans {
            _ = try await store.cancel(
                record.id,
                CancelOrder(
                    mode: .cooperative, graceMs: cancelGraceMilliseconds, reason: "the SwarmTask was deleted"))
        }
        try await store.acknowledgeOutcomes(of: orphans.map(\.id))
        for group in try await store.liveGroups() where !known.contains(group.text) {
            try await fanOuts.abandon(group, reason: "the SwarmTask was deleted")
        }
        if !orphans.isEmpty { logger.notice("cancelled \(orphans.count) tasks whose objects were deleted meanwhile") }
    }
}
