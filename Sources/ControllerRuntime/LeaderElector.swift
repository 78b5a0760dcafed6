public import KubernetesClient
internal import KubernetesModel
public import Logging
internal import Metrics
internal import StructuredData
private import Synchronization

/// The lease was lost, or could not be renewed in time. Whoever led must have stopped.
public struct LeadershipLost: Error, Sendable, Hashable, CustomStringConvertible {
    public var identity: String
    public var holder: String?
    public var description: String {
        "\(identity) leads no more"
            + (holder.map { $0 == identity ? ": the lease could not be renewed in time" : "; \($0) does" } ?? "")
    }
}

/// Where the election's record is kept.
public protocol LeaseStore: Sendable {
    /// The record, or `nil` where there is none.
    func read() async throws -> LeaseRecord?
    /// Creates the record (no `resourceVersion`), or replaces exactly the version it names. Returns what was stored.
    /// - Throws: where another was faster; what is thrown does not matter.
    func write(_ record: LeaseRecord) async throws -> LeaseRecord
}

/// Runs work in one process of several at a time, by a Lease (coordination.k8s.io/v1).
///
/// Flow: `run` tries for the lease every `retryPeriod`, runs the work once it has it, and renews. Guarantees: the work is cancelled
/// before another process may begin, as far as clocks run at the same rate: the limit is counted from the start of the last renewal
/// that succeeded, on the monotonic clock, by a timer that waits for no request. Caveat: cancelled work that blocks a thread runs
/// on; writes must be safe under two leaders anyway (preconditions). Give the client a transport of its own, so that no slow
/// transfer holds up a renewal.
public final class LeaderElector: Sendable {
    private let store: any LeaseStore
    private let time: TimeSource
    private let logger: Logger
    private let machine: Mutex<LeaderElectionMachine>
    private let configuration: LeaderElectionMachine.Configuration
    private let identity: String
    private let status: Gauge

    public init(
        name: String,
        identity: String,
        store: any LeaseStore,
        configuration: LeaderElectionMachine.Configuration = .init(),
        time: TimeSource = .continuous,
        logger: Logger = Logger(label: "controller-runtime.leader-election")
    ) {
        self.store = store
        self.time = time
        self.logger = logger
        self.configuration = configuration
        self.identity = identity
        machine = Mutex(LeaderElectionMachine(identity: identity, configuration: configuration))
        status = Gauge(label: "leader_election_master_status", dimensions: [("name", name)])
    }

    /// An elector on the Lease `name` in `namespace`.
    /// - Parameter identity: unique among all processes that ever run for it, e.g. the pod's name and its UID.
    public convenience init(
        client: KubernetesClient,
        namespace: String,
        name: String,
        identity: String,
        configuration: LeaderElectionMachine.Configuration = .init()
    ) {
        self.init(
            name: name, identity: identity,
            store: KubernetesLeaseStore(client: client, namespace: namespace, name: name),
            configuration: configuration)
    }

    /// Whether this process may act as leader at this moment.
    public var isLeading: Bool { machine.withLock { $0.isLeading(now: time.now) } }

    /// Waits to lead, then runs `work` as long as we do.
    ///
    /// Returns when the work does. On cancellation the work is cancelled and, once it has ended, the lease given up.
    /// - Parameter onLoss: called when the lease is lost, before the work is cancelled.
    /// - Throws: `LeadershipLost`, and what the work throws.
    public func run(onLoss: @escaping @Sendable () -> Void = {}, work: @escaping @Sendable () async throws -> Void)
        async throws
    {
        status.record(0)
        try await acquire()
        status.record(1)
        logger.notice("\(identity) leads now")
        defer { status.record(0) }
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await work() }
                group.addTask { try await self.renew(onLoss: onLoss) }
                group.addTask { try await self.fence(onLoss: onLoss) }
                defer { group.cancelAll() }
                try await group.next()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        if case .failure(let error) = result, error is LeadershipLost {
            logger.error("\(error)")
        } else {
            await release()
        }
        machine.withLock { $0.resign() }
        try result.get()
    }

    private func acquire() async throws {
        while true {
            await attempt()
            if isLeading { return }
            try await time.sleep(for: configuration.retryPeriod * Double.random(in: 1...1.2))
        }
    }

    private func renew(onLoss: () -> Void) async throws {
        while true {
            try await time.sleep(for: configuration.retryPeriod)
            await attempt()
            try Task.checkCancellation()
            // Another's record means loss at once; a failed write only that we must try again.
            if machine.withLock({ $0.leadingUntil }) == nil { throw lost(onLoss) }
        }
    }

    /// Ends leadership in time whatever the renewals do.
    private func fence(onLoss: () -> Void) async throws {
        while let until = machine.withLock({ $0.leadingUntil }) {
            if until <= time.now { break }
            try await time.sleep(for: until - time.now)
        }
        throw lost(onLoss)
    }

    private func lost(_ onLoss: () -> Void) -> LeadershipLost {
        onLoss()
        return LeadershipLost(identity: identity, holder: machine.withLock { $0.holder })
    }

    /// Reads the lease and writes it if it is ours to take; gives up before the renew deadline could pass unnoticed.
    private func attempt() async {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await self.time.sleep(for: self.configuration.renewDeadline / 2)
                    throw LeaseRequestTimeout()
                }
                group.addTask {
                    let began = self.time.now
                    let record = try await self.store.read()
                    let decision = self.machine.withLock { $0.read(record, now: self.time.now) }
                    guard case .write(let ours) = decision else { return }
                    let written = try await self.store.write(ours)
                    self.machine.withLock { $0.written(written, began: began) }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch is CancellationError {
            return
        } catch {
            logger.warning("the lease could not be read or written: \(error)")
        }
    }

    private func release() async {
        guard let record = machine.withLock({ $0.isLeading(now: time.now) ? $0.release() : nil }) else { return }
        let store = store
        // Our own task may be cancelled; giving the lease up still has its short time.
        let write = Task { _ = try await store.write(record) }
        let limit = Task { [time] in
            try await time.sleep(for: .seconds(2))
            write.cancel()
        }
        if case .failure(let error) = await write.result { logger.info("the lease was not given up: \(error)") }
        limit.cancel()
    }
}

private struct LeaseRequestTimeout: Error, CustomStringConvertible {
    var description: String { "no answer in time" }
}

/// A Lease object as a `LeaseStore`.
struct KubernetesLeaseStore: LeaseStore {
    let client: KubernetesClient
    let namespace: String
    let name: String

    func read() async throws -> LeaseRecord? {
        do {
            return record(try await client.get(Lease.resource, name, namespace: namespace))
        } catch let status as KubernetesStatus where status.code == 404 {
            return nil
        }
    }

    func write(_ record: LeaseRecord) async throws -> LeaseRecord {
        let now = WallTime.microTimestamp()
        var spec: JSON = [
            "holderIdentity": .string(record.holder), "leaseDurationSeconds": JSON(record.durationSeconds),
            "leaseTransitions": JSON(record.transitions), "renewTime": .string(now),
        ]
        guard let version = record.resourceVersion else {
            spec["acquireTime"] = .string(now)
            let lease: JSON = [
                "apiVersion": .string(Lease.resource.apiVersion), "kind": .string(Lease.resource.kind),
                "metadata": ["name": .string(name), "namespace": .string(namespace)], "spec": spec,
            ]
            return self.record(try await client.create(Lease.resource, lease, namespace: namespace))
        }
        // The version makes the patch fail where another was faster.
        let patch: JSON = ["metadata": ["resourceVersion": .string(version)], "spec": spec]
        return self.record(try await client.patch(Lease.resource, name, namespace: namespace, patch: .merge(patch)))
    }

    private func record(_ lease: JSON) -> LeaseRecord {
        let spec = lease["spec"]
        return LeaseRecord(
            holder: spec?["holderIdentity"]?.stringValue ?? "",
            durationSeconds: spec?["leaseDurationSeconds"]?.intValue ?? 1,
            transitions: spec?["leaseTransitions"]?.intValue ?? 0,
            resourceVersion: lease["metadata"]?["resourceVersion"]?.stringValue ?? "")
    }
}
