import TaskQueue

/// What the autoscaler keeps in mind of a swarm from look to look. A restart forgets it, which costs time and a count, no task.
struct ScaleDownMemory: Sendable, Hashable {
    /// How long drained victims may take to become unready: probes have their period.
    static let readinessMilliseconds: Int64 = 30_000

    var busy = BusyRecord()
    /// The victims of the last lowered number, until they are gone.
    var victims: VictimCount?
    /// When the swarm's figures were last written, in milliseconds of the store's time.
    var lastWrite: Int64?
    /// The decision that was last put into the ledger; `nil`: this operator has not looked yet.
    var entered: EnteredDecision?
    private var readinessSince: StoreTime?

    func isPatienceOver(at now: StoreTime) -> Bool {
        readinessSince.map { now - $0 >= Self.readinessMilliseconds } ?? false
    }

    mutating func note(_ wait: ScaleDownPlan.Wait?, at now: StoreTime) {
        readinessSince = wait == .readiness ? readinessSince ?? now : nil
    }
}

/// A decision that stands in the ledger.
struct EnteredDecision: Sendable, Hashable {
    var from: Int
    var to: Int
    var isCarriedOut = false
}
