import CurlTransport
import Foundation
import KubernetesClient
import KubernetesModel
import Synchronization
import TaskProtocol
import TaskQueue
import TestSupport

/// Gateways and agents in processes of their own over one store, with one swarm, and callers who are known to an API server of this
/// process.
final class Fleet: Sendable {
    static let namespace = "default"
    static let swarm = "echo"
    static let serviceAccount = "echo-agents"

    let cluster: BareCluster
    let store: SharedStore
    let gateways: [GatewayProcess]
    let folder: String
    private let history = Observed(History())

    /// What was done to the processes.
    struct History: Sendable {
        /// The gateways that answer.
        var up: Set<Int> = []
        /// Rises with each start of a gateway.
        var starts = 0
        /// Since when each agent is known to be dead, or cut off, by name.
        var deaths: [String: Date] = [:]
        /// When leases got their full period again, since nobody could take heartbeats before.
        var recoveries: [Date] = []
        var agents: [Int: (program: ChildProgram, life: Int)] = [:]
    }

    /// - Parameter gatewayStores: the URL of the store for each gateway; by default the store's own.
    static func run(
        _ kind: SharedStore.Kind, gatewayStores: (@Sendable (SharedStore) async throws -> [String])? = nil,
        _ body: @escaping @Sendable (Fleet) async throws -> Void
    ) async throws {
        try await BareCluster.run { cluster in
            let store = try await SharedStore.start(kind, in: cluster.directory)
            try await store.use { store in
                try await store.putCatalogue(
                    CatalogueEntry(
                        namespace: namespace, swarm: swarm, capabilities: ["echo"], serviceAccount: serviceAccount,
                        slots: 4))
            }
            let urls =
                try await gatewayStores?(store) ?? Array(repeating: store.url(), count: kind.gateways)
            let fleet = try await Fleet(store, urls, cluster)
            do {
                try await body(fleet)
            } catch {
                throw ChildProgramFailure("\(error)\n\(fleet.lastWords)")
            }
        }
    }

    private init(_ store: SharedStore, _ urls: [String], _ cluster: BareCluster) async throws {
        self.cluster = cluster
        self.store = store
        folder = cluster.directory
        let account = ServiceAccount(metadata: ObjectMeta(name: Self.serviceAccount, namespace: Self.namespace))
        _ = try await cluster.client.create(account)
        let token = try await cluster.client.createToken(
            serviceAccount: Self.serviceAccount, namespace: Self.namespace, audiences: ["das-gateway"],
            expirationSeconds: 3600)
        try token.token.write(toFile: "\(folder)/agents.token", atomically: true, encoding: .utf8)
        guard case .bearer(let user) = cluster.client.configuration.authentication else {
            throw ChildProgramFailure("the kubeconfig has no token")
        }
        gateways = try urls.map { try GatewayProcess(store: $0, kubeconfig: cluster.kubeconfig, token: user) }
    }

    /// The latest of what each process said.
    private var lastWords: String {
        let agents = history.value.agents.sorted { $0.key < $1.key }
        return
            (gateways.enumerated().map { "gateway \($0.offset):\n\($0.element.text.suffix(4000))" }
            + agents.map { "agent \($0.key):\n\($0.value.program.text.suffix(2000))" }).joined(separator: "\n")
    }

    var record: History { history.value }

    // MARK: Gateways

    /// Starts all gateways, together as a deployment does.
    func startGateways() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in gateways.indices { group.addTask { try await self.startGateway(index) } }
            try await group.waitForAll()
        }
    }

    func startGateway(_ index: Int) async throws {
        let wasAlone = history.value.up.isEmpty
        try await gateways[index].start()
        history.change { history in
            history.up.insert(index)
            history.starts += 1
            if wasAlone { history.recoveries.append(Date()) }
        }
    }

    func killGateway(_ index: Int) async throws {
        history.change { _ = $0.up.remove(index) }
        try await gateways[index].kill()
    }

    /// The store's server is there again.
    func storeIsBack() { history.change { $0.recoveries.append(Date()) } }

    /// Ends all gateways in good order; the exit codes.
    func stopGateways() async throws -> [Int32?] {
        var codes: [Int32?] = []
        for gateway in gateways { codes.append(try await gateway.stop()) }
        return codes
    }

    /// Calls a gateway that answers; another one, or the next life of one, where it is killed meanwhile.
    func call<Value: Sendable>(_ body: @Sendable (GatewayClient) async throws -> Value) async throws -> Value {
        var failures = 0
        while true {
            let before = try await history.wait { !$0.up.isEmpty }
            let index = before.up.sorted()[failures % before.up.count]
            do {
                return try await body(gateways[index].client)
            } catch let error as GatewayError where error.isRetryable {
                // One that was not killed has no such excuse but a connection to its former life.
                let now = history.value
                let isDead = now.starts > before.starts || !now.up.contains(index)
                failures += 1
                guard isDead || failures < 4 else { throw error }
            }
        }
    }

    // MARK: Agents

    /// Starts an agent, under a name that no other life of it had.
    /// - Parameter url: of its gateway.
    func startAgent(_ index: Int, gateway url: String, concurrency: Int = 4, settings: [String: String] = [:])
        async throws
    {
        let life = (history.value.agents[index]?.life ?? 0) + 1
        let name = Self.agentName(index, life)
        let program = try await ChildProgram.start(
            BuiltProgram.path("agent-runner"),
            environment: [
                "DAS_GATEWAY_URL": url, "DAS_TOKEN_FILE": "\(folder)/agents.token", "DAS_NAMESPACE": Self.namespace,
                "DAS_SWARM": Self.swarm, "DAS_AGENT": name, "DAS_CAPABILITIES": "echo",
                "DAS_CONCURRENCY": "\(concurrency)", "DAS_DRAIN_SECONDS": "5", "DAS_RUNTIME_DIR": folder,
                "DAS_LOG_LEVEL": "warning", "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
            ].merging(settings) { _, own in own },
            inheritsEnvironment: false)
        history.change { $0.agents[index] = (program, life) }
    }

    static func agentName(_ index: Int, _ life: Int) -> String { "agent-\(index)-\(life)" }

    func killAgent(_ index: Int) async throws {
        guard let (program, life) = history.value.agents[index] else { return }
        program.send(SIGKILL)
        try await program.exitCode()
        history.change { $0.deaths[Self.agentName(index, life)] = Date() }
    }

    /// Nothing that the agent says arrives any more.
    func agentIsCutOff(_ index: Int) {
        history.change { history in
            let life = history.agents[index]?.life ?? 0
            history.deaths[Self.agentName(index, life)] = Date()
        }
    }

    /// Ends one agent in good order; its exit code.
    func stopOneAgent(_ index: Int) async throws -> Int32? {
        guard let agent = history.change({ $0.agents.removeValue(forKey: index) }) else { return nil }
        agent.program.send(SIGTERM)
        return try await agent.program.exitCode()
    }

    /// Ends all agents in good order; the exit codes.
    func stopAgents() async throws -> [Int32] {
        let programs = history.value.agents.sorted { $0.key < $1.key }.map(\.value.program)
        for program in programs { program.send(SIGTERM) }
        var codes: [Int32] = []
        for program in programs { codes.append(try await program.exitCode()) }
        return codes
    }
}
