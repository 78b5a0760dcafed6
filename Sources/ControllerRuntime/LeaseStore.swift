public import KubernetesClient
internal import KubernetesModel
internal import StructuredData
private import Synchronization

/// Where the election's record is kept.
public protocol LeaseStore: Sendable {
    /// The record, or `nil` where there is none.
    func read() async throws -> LeaseRecord?
    /// Creates the record (no `resourceVersion`), or replaces exactly the version it names. Returns what was stored.
    /// - Parameter isTakeover: Whether the record's holder held it not yet in the version that it replaces.
    /// - Throws: where another was faster; what is thrown does not matter.
    func write(_ record: LeaseRecord, isTakeover: Bool) async throws -> LeaseRecord
}

/// A Lease object (coordination.k8s.io/v1) as a `LeaseStore`.
///
/// Where no answer came, the next call is made by a new client: its connections cannot be the dead ones of the last.
public final class KubernetesLeaseStore: LeaseStore {
    private let makeClient: @Sendable () throws -> KubernetesClient
    private let namespace: String
    private let name: String
    private let client = Mutex<KubernetesClient?>(nil)

    /// - Parameter makeClient: makes a client with a transport that nothing else uses, and which ends with the client.
    public init(
        namespace: String, name: String, makeClient: @escaping @Sendable () throws -> KubernetesClient
    ) {
        self.makeClient = makeClient
        self.namespace = namespace
        self.name = name
    }

    public func read() async throws -> LeaseRecord? {
        try await call { client in
            do {
                return Self.record(try await client.get(Lease.resource, self.name, namespace: self.namespace))
            } catch let status as KubernetesStatus where status.code == 404 {
                return nil
            }
        }
    }

    public func write(_ record: LeaseRecord, isTakeover: Bool) async throws -> LeaseRecord {
        let now = JSON.string(WallTime.microTimestamp())
        var spec: JSON = [
            "holderIdentity": .string(record.holder), "leaseDurationSeconds": JSON(record.durationSeconds),
            "leaseTransitions": JSON(record.transitions), "renewTime": now,
        ]
        if isTakeover { spec["acquireTime"] = now }
        let changed = spec
        return try await call { client in
            guard let version = record.resourceVersion else {
                let lease: JSON = [
                    "apiVersion": .string(Lease.resource.apiVersion), "kind": .string(Lease.resource.kind),
                    "metadata": ["name": .string(self.name), "namespace": .string(self.namespace)], "spec": changed,
                ]
                return Self.record(try await client.create(Lease.resource, lease, namespace: self.namespace))
            }
            // The version makes the patch fail where another was faster.
            let patch: JSON = ["metadata": ["resourceVersion": .string(version)], "spec": changed]
            return Self.record(
                try await client.patch(Lease.resource, self.name, namespace: self.namespace, patch: .merge(patch)))
        }
    }

    private func call<Answer>(_ body: (KubernetesClient) async throws -> Answer) async throws -> Answer {
        let client = try client.withLock { client in
            if let client { return client }
            let new = try makeClient()
            client = new
            return new
        }
        do {
            return try await body(client)
        } catch let status as KubernetesStatus {
            throw status
        } catch {
            self.client.withLock { $0 = nil }
            throw error
        }
    }

    private static func record(_ lease: JSON) -> LeaseRecord {
        let spec = lease["spec"]
        return LeaseRecord(
            holder: spec?["holderIdentity"]?.stringValue ?? "",
            durationSeconds: spec?["leaseDurationSeconds"]?.intValue ?? 1,
            transitions: spec?["leaseTransitions"]?.intValue ?? 0,
            resourceVersion: lease["metadata"]?["resourceVersion"]?.stringValue ?? "")
    }
}
