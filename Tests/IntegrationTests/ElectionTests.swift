import ControllerRuntime
import Foundation
import KubernetesClient
import KubernetesModel
import NetworkFaults
import StructuredData
import Synchronization
import SystemThreads
import TestSupport
import Testing

/// Copies of the example controller that elect a leader, each behind a proxy of its own, with one Greeting that never stays the
/// same: whoever leads signs what it makes of it.
///
/// The API server's order of those writes shows who was at work when, without a clock: a leader never writes after another has.
private final class Electorate: Sendable {
    struct Candidate: Sendable {
        var identity: String
        var program: ChildProgram
        var proxy: FaultProxy
    }

    static let leaseSeconds = 12
    static let name = "election"

    let cluster: TestCluster
    private let signatures = Mutex<[String]>([])

    init(_ cluster: TestCluster) { self.cluster = cluster }

    /// Those who signed, in the order of their writes; each as often as it took over.
    var order: [String] { signatures.withLock { $0 } }

    func candidate(_ identity: String) async throws -> Candidate {
        let server = cluster.kubernetes.configuration.server
        let port = try #require(server.split(separator: ":").last.flatMap { Int($0) })
        let proxy = try await FaultProxy.start(to: port)
        let kubeconfig = try String(contentsOfFile: cluster.kubeconfig, encoding: .utf8)
        let own = "\(cluster.directory)/kubeconfig-\(identity)"
        try kubeconfig.replacing(server, with: "https://127.0.0.1:\(proxy.port)")
            .write(toFile: own, atomically: true, encoding: .utf8)
        let program = try await Greeter.start(
            kubeconfig: own, identity: identity, leaseSeconds: Self.leaseSeconds)
        try await program.waitFor("caches are filled")
        return Candidate(identity: identity, program: program, proxy: proxy)
    }

    /// Runs `body` while the Greeting changes without end and the signatures are collected.
    func run(_ body: () async throws -> Void) async throws {
        let configMaps = Informer<ConfigMap>(
            client: cluster.kubernetes, namespace: TestCluster.namespace, fieldSelector: "metadata.name=\(Self.name)")
        configMaps.onChange { [self] change in
            guard let signature = change.object.data?["signature"] else { return }
            signatures.withLock { if $0.last != signature { $0.append(signature) } }
        }
        let watch = Task { try await configMaps.run() }
        let changes = Task {
            for round in 0... {
                _ = try await cluster.kubernetes.patch(
                    Greeting.self, Self.name, namespace: TestCluster.namespace,
                    patch: .merge(["spec": ["names": ["\(round)"]]]))
                try await signed { $0.data?["greeting-\(round)"] != nil }
            }
        }
        defer {
            watch.cancel()
            changes.cancel()
        }
        try await body()
    }

    private func signed(until isFulfilled: @escaping @Sendable (ConfigMap) -> Bool) async throws {
        _ = try await cluster.object(ConfigMap.self, Self.name, until: isFulfilled)
    }

    /// Waits until this one has signed; then nobody else may.
    func waits(for candidate: Candidate) async throws {
        try await signed { $0.data?["signature"] == candidate.identity }
    }

    func lease() async throws -> LeaseSpec {
        try #require(
            await cluster.kubernetes.get(Lease.self, "greeter", namespace: TestCluster.namespace).spec)
    }

    /// Whether the present holder took over no sooner than a lease after the last renewal of the one before it, both as recorded
    /// in the Lease, and, if this machine kept pace, no later than the protocol needs.
    func checkHandover(after last: LeaseSpec, to candidate: Candidate, pace: PaceMeter) async throws {
        let now = try await lease()
        #expect(now.holderIdentity == candidate.identity)
        #expect(now.leaseTransitions == (last.leaseTransitions ?? 0) + 1)
        let renewed = try #require(last.renewTime.flatMap(Timestamp.microseconds))
        let acquired = try #require(now.acquireTime.flatMap(Timestamp.microseconds))
        let seconds = Double(acquired - renewed) / 1e6
        #expect(seconds >= Double(Self.leaseSeconds) - 0.1)
        // A retry period of 1.6 s with its jitter, and the requests. What the protocol allows is tested in simulated time.
        if pace.worstSeconds < 0.5 { #expect(seconds < Double(Self.leaseSeconds) + 1.92 + 5) }
    }
}

/// How late a thread of this machine wakes up, at worst.
private final class PaceMeter: Sendable {
    private let worst = Mutex(0.0)
    var worstSeconds: Double { worst.withLock { $0 } }

    init() throws {
        try OSThread.start("pace") { [weak self] in
            while true {
                let before = MonotonicTime.seconds
                usleep(20_000)
                let late = MonotonicTime.seconds - before - 0.02
                guard let self else { return }
                worst.withLock { $0 = max($0, late) }
            }
        }
    }
}

@Suite("Leader election between processes", .timeLimit(.minutes(10)))
struct ElectionTests {
    @Test func `A leader that dies, stands still or is cut off is succeeded, and no two are ever at work`() async throws
    {
        try await TestCluster.run { cluster in
            let electorate = Electorate(cluster)
            let pace = try PaceMeter()
            let first = try await electorate.candidate("first")
            _ = try await cluster.kubernetes.create(Greeting(Electorate.name, []))
            try await electorate.run {
                try await electorate.waits(for: first)

                // Killed.
                let second = try await electorate.candidate("second")
                first.program.send(SIGKILL)
                #expect(try await first.program.exitCode() == -SIGKILL)
                var last = try await electorate.lease()
                try await electorate.waits(for: second)
                try await electorate.checkHandover(after: last, to: second, pace: pace)

                // Stopped for longer than its lease; when it goes on, it ends.
                let third = try await electorate.candidate("third")
                second.program.send(SIGSTOP)
                last = try await electorate.lease()
                try await electorate.waits(for: third)
                second.program.send(SIGCONT)
                #expect(try await second.program.exitCode() == 1, "\(second.program.text)")
                #expect(second.program.text.contains("second leads no more"), "\(second.program.text)")
                try await electorate.checkHandover(after: last, to: third, pace: pace)

                // Cut off: it ends by itself. What it sent arrives when all is over.
                let fourth = try await electorate.candidate("fourth")
                third.proxy.set(.hold, .toServer, .toClient)
                #expect(try await third.program.exitCode() == 1, "\(third.program.text)")
                #expect(
                    third.program.text.contains("third leads no more: the lease could not be renewed in time"),
                    "\(third.program.text)")
                last = try await electorate.lease()
                try await electorate.waits(for: fourth)
                third.proxy.set(.pass, .toServer, .toClient)
                try await electorate.checkHandover(after: last, to: fourth, pace: pace)

                // Told to end, the leader gives the lease up.
                fourth.program.send(SIGTERM)
                #expect(try await fourth.program.exitCode() == 0, "\(fourth.program.text)")
                #expect(try await electorate.lease().holderIdentity == "")
                for candidate in [first, second, third, fourth] { await candidate.proxy.shutdown() }
            }
            #expect(electorate.order == ["first", "second", "third", "fourth"])
        }
    }
}
