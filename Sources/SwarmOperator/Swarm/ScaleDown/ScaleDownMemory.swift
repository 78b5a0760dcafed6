package import TaskQueue

/// What the autoscaler keeps in mind of a swarm from look to look. A restart forgets it, which costs time and a count, no task.
package struct ScaleDownMemory: Sendable, Hashable {
    /// How long drained victims may take to become unready: probes have their period.
    package static let readinessMilliseconds: Int64 = 30_000

    package var busy = BusyRecord()
    /// The victims of the last lowered number, until they are gone.
    package var victims: VictimCount?
    /// When the swarm's figures were last written, in milliseconds of the store's time.
    package var lastWrite: Int64?
    private var readinessSince: StoreTime?

    package init() {}

    package func isPatienceOver(at now: StoreTime) -> Bool {
        readinessSince.map { now - $0 >= Self.readinessMilliseconds } ?? false
    }

    package mutating func note(_ wait: ScaleDownPlan.Wait?, at now: StoreTime) {
        readinessSince = wait == .readiness ? readinessSince ?? now : nil
    }
}
