import TaskQueue
import TaskStoreTesting

// What must hold when everything has come to its end.
extension History {
    /// - Parameters:
    ///   - accepted: the tasks whose submitters were told that they are there.
    ///   - feed: all entries of the feed, as a reader has seen them.
    func check(against store: any TaskStore, _ accepted: Set<TaskID>, feed: [Change]) async throws {
        for id in accepted.sorted() {
            try require(lives[id] != nil, "\(id) was accepted and is not known")
        }
        let told = Dictionary(grouping: feed.filter { $0.task != nil }, by: { $0.task })
        for (id, life) in lives.sorted(by: { $0.key < $1.key }) {
            guard let record = try await store.task(id) else { throw SimulationFailure("\(id) is lost") }
            try saw(record)
            try require(record.state.isEnd, "\(id) is \(record.state) in the end")
            if record.adoptedFrom == nil { try await checkResult(of: record, life, store) }
            let attempts = try await store.attempts(of: id)
            try checkLedger(of: record, life, attempts)
            try checkFeed(told[id] ?? [], of: record, life)
        }
        try await checkOutcomes(store)
        var last: Int64 = 0
        for change in feed {
            try require(change.cursor > last, "the feed goes back from \(last) to \(change.cursor)")
            last = change.cursor
        }
    }

    private func checkResult(of record: TaskRecord, _ life: Life, _ store: any TaskStore) async throws {
        try require(
            (record.state == .succeeded) == (life.completion != nil),
            "\(record.id) is \(record.state), and \(life.completion == nil ? "no" : "a") completion was accepted")
        let result = try await store.result(of: record.id)
        try require(result == life.completion, "the result of \(record.id) is not the one that was accepted")
    }

    /// Each lease has an end in the ledger: one, or two where the first was for lateness and the report counted all the same.
    private func checkLedger(of record: TaskRecord, _ life: Life, _ attempts: [AttemptRecord]) throws {
        let id = record.id
        try require(
            record.epoch == Int64(life.grants.count),
            "\(id) has epoch \(record.epoch) after \(life.grants.count) leases")
        try require(
            attempts.allSatisfy { (1...max(record.epoch, 1)).contains($0.epoch) },
            "the ledger has attempts of \(id) that nobody leased")
        for (index, grant) in life.grants.enumerated() {
            let entries = attempts.filter { $0.epoch == grant.key.epoch }
            let ends = entries.map(\.end)
            let isLast = index == life.grants.count - 1
            let isLate =
                isLast && ends.count == 2 && [.expired, .unacknowledged, .timedOut].contains(ends[0])
                && [.succeeded, .failed].contains(ends[1])
            try require(
                ends.count == 1 || isLate,
                "the ledger has \(ends.map(\.rawValue)) for \(id), epoch \(grant.key.epoch)")
            try require(
                entries.allSatisfy { $0.agent == grant.agent }, "the ledger names another agent for \(id)")
            try checkEnd(entries, grant, of: id, life)
            try checkOutages(entries, grant, of: id)
        }
        let counted = record.attempts
        try require(
            counted <= life.grants.count && counted + life.releases >= life.grants.count,
            "\(id) has \(counted) attempts after \(life.grants.count) leases and \(life.releases) releases")
    }

    /// The ledger's end of an attempt is what its report said.
    private func checkEnd(_ entries: [AttemptRecord], _ grant: Grant, of id: TaskID, _ life: Life) throws {
        guard let report = life.reports[grant.key.epoch], let end = entries.last?.end else { return }
        let isPossible =
            switch report.content {
            case .complete, .completeWithBlob: end == .succeeded
            case .fail: end == .failed || end == .cancelled
            case .release: end == .released || end == .cancelled
            }
        try require(
            isPossible, "the report of \(id), epoch \(grant.key.epoch), stands in the ledger as \(end.rawValue)")
    }

    /// A lease that stood when the store was opened got one full period.
    private func checkOutages(_ entries: [AttemptRecord], _ grant: Grant, of id: TaskID) throws {
        for entry in entries where [.expired, .unacknowledged].contains(entry.end) {
            // The end of an agent's pod ends its leases at once, and says the same.
            guard !endedAgents.contains(grant.agent) else { continue }
            for opening in openings where opening > grant.since && opening <= entry.ended {
                try require(
                    entry.ended - opening >= policy.leaseMs,
                    "a lease of \(id) ended \(entry.ended - opening) ms after the store was opened")
            }
        }
    }

    private func checkFeed(_ changes: [Change], of record: TaskRecord, _ life: Life) throws {
        let kinds = changes.map(\.kind)
        func fail(_ what: String) -> SimulationFailure {
            SimulationFailure("the feed of \(record.id) \(what): \(kinds.map(\.rawValue))")
        }
        guard kinds.first == .submitted, kinds.count(where: { $0 == .submitted }) == 1 else {
            throw fail("does not begin with its submission")
        }
        guard kinds.last == .finished, kinds.count(where: { $0 == .finished }) == 1 else {
            throw fail("does not end with its end")
        }
        guard kinds.count(where: { $0 == .leased }) == life.grants.count else {
            throw fail("does not have its \(life.grants.count) leases")
        }
        var stands: Change.Kind?
        for kind in kinds where [.ready, .waiting, .leased].contains(kind) {
            if kind == .leased, stands != .ready { throw fail("has a lease of a task that was not ready") }
            stands = kind
        }
        guard changes.last?.state == record.state else { throw fail("ends in another state than the task") }
    }

    private func checkOutcomes(_ store: any TaskStore) async throws {
        var found: [TaskID: OutcomeRecord] = [:]
        for swarm in Simulation.allSwarms {
            for outcome in try await store.outcomes(namespace: Simulation.namespace, swarm: swarm, limit: 10_000) {
                try require(found.updateValue(outcome, forKey: outcome.task) == nil, "\(outcome.task) ended twice")
            }
        }
        for (id, life) in lives.sorted(by: { $0.key < $1.key }) {
            guard let end = life.end, end.adoptedFrom == nil else { continue }
            let outcome = found[id]
            try require(outcome?.state == end.state, "the ledger has no end of \(id)")
            try require(outcome?.attempts == end.attempts, "the ledger has another number of attempts of \(id)")
        }
    }
}
