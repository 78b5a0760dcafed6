import Foundation
import KubernetesClient
import KubernetesModel
import NetworkFaults
import StructuredData
import SwarmAPI
import TaskQueue
import TestSupport

/// A whole installation in parts that can be killed: a cluster with a node of this process, operators behind proxies, gateways, a store,
/// and agents that the node runs as pods.
///
/// On SQLite the one operator has the gateway in its process; on a store that is shared two operators elect one, and two gateways
/// stand behind one address, as behind a Service.
final class ChaosStage: Sendable {
    static let namespace = "default"
    static let swarm = "chaos"

    /// One place of an operator, over its lives.
    private struct Operator: Sendable {
        var program: ChildProgram?
        var proxy: FaultProxy
        var kubeconfig: String
        var metrics: ReservedPort
    }

    let cluster: BareCluster
    let store: SharedStore
    private let gateways: [GatewayProcess]
    /// By which agents reach the gateways; turned to one of them.
    private let entrance: FaultProxy
    private let sqliteGateway: ReservedPort
    private let operators = Observed<[Operator]>([])
    private let paused = Observed<Set<Int32>>([])
    private let hasEnded = Observed(false)

    static func run(
        _ kind: SharedStore.Kind, _ body: @escaping @Sendable (ChaosStage) async throws -> Void
    ) async throws {
        try await BareCluster.runWithNode { cluster in
            let store = try await SharedStore.start(kind, in: cluster.directory)
            let stage = try await ChaosStage(store, cluster)
            do {
                try await body(stage)
            } catch {
                throw ChildProgramFailure("\(error)\n\(stage.lastWords)")
            }
            try await stage.end()
        }
    }

    /// Ends operators and gateways, and opens their store here for as long as `body` runs.
    func read<Value: Sendable>(_ body: (any TaskStore) async throws -> Value) async throws -> Value {
        try await end()
        return try await store.use(body)
    }

    private init(_ store: SharedStore, _ cluster: BareCluster) async throws {
        self.cluster = cluster
        self.store = store
        guard case .bearer(let user) = cluster.client.configuration.authentication else {
            throw ChildProgramFailure("the kubeconfig has no token")
        }
        let isShared = store.kind != .sqlite
        gateways =
            isShared
            ? try (0..<2).map { _ in
                try GatewayProcess(store: store.url(), kubeconfig: cluster.kubeconfig, token: user)
            } : []
        sqliteGateway = try ReservedPort()
        entrance = try await FaultProxy.start(to: gateways.first?.port ?? sqliteGateway.number)
        for gateway in gateways { try await gateway.start() }
        let server = cluster.client.configuration.server
        guard let port = server.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw ChildProgramFailure("the kubeconfig names no port: \(server)")
        }
        for index in 0..<(isShared ? 2 : 1) {
            let proxy = try await FaultProxy.start(to: port)
            let kubeconfig = "\(cluster.directory)/kubeconfig-operator-\(index)"
            try String(contentsOfFile: cluster.kubeconfig, encoding: .utf8)
                .replacing(server, with: "https://127.0.0.1:\(proxy.port)")
                .write(toFile: kubeconfig, atomically: true, encoding: .utf8)
            let metrics = try ReservedPort()
            operators.change {
                $0.append(Operator(program: nil, proxy: proxy, kubeconfig: kubeconfig, metrics: metrics))
            }
            try await startOperator(index)
        }
    }

    var operatorCount: Int { operators.value.count }

    func program(ofOperator index: Int) -> ChildProgram? { operators.value[index].program }

    /// The latest of what each process said.
    var lastWords: String {
        let said =
            operators.value.enumerated().map {
                "operator \($0.offset):\n\($0.element.program?.text.suffix(6000) ?? "")"
            }
            + gateways.enumerated().map { "gateway \($0.offset):\n\($0.element.text.suffix(3000))" }
        return said.joined(separator: "\n")
    }

    // MARK: Operators

    func startOperator(_ index: Int) async throws {
        let place = operators.value[index]
        var arguments = [
            "--kubeconfig", place.kubeconfig, "--store", store.url(), "--metrics-listen",
            "127.0.0.1:\(place.metrics.number)",
        ]
        if store.kind == .sqlite {
            arguments += ["--gateway-listen", "127.0.0.1:\(sqliteGateway.number)"]
        } else {
            arguments += [
                "--leader-elect", "--lease-seconds", "6", "--gateway-url", "http://127.0.0.1:\(entrance.port)",
            ]
        }
        let program = try await ChildProgram.start(
            BuiltProgram.path("das-operator"), arguments, environment: ["HOSTNAME": "operator-\(index)"])
        operators.change { $0[index].program = program }
    }

    func killOperator(_ index: Int) async throws {
        guard let program = operators.value[index].program else { return }
        program.send(SIGKILL)
        try await program.exitCode()
    }

    /// The operator's watches end, and whatever else it has open.
    func cutOperator(_ index: Int) { operators.value[index].proxy.endAll(.reset) }

    // MARK: Gateways

    var gatewayCount: Int { gateways.count }

    /// Kills a gateway while the other one serves; what was open to it goes there.
    func killGateway(_ index: Int) async throws {
        try await gateways[index].kill()
        entrance.retarget(to: gateways[1 - index].port)
        entrance.endAll(.reset)
        try await gateways[index].start()
    }

    // MARK: Agents

    /// The agents' processes, without the workers that they run.
    func agents() -> [ProcessTable.Entry] {
        ProcessTable.holding(cluster.directory).filter { entry in
            entry.environment["DAS_AGENT"] != nil && entry.arguments.count == 1
        }.sorted { $0.pid < $1.pid }
    }

    func killAgent(_ agent: ProcessTable.Entry) { kill(agent.pid, SIGKILL) }

    /// Stops an agent where it is: its leases run out.
    func pause(_ agent: ProcessTable.Entry) {
        kill(agent.pid, SIGSTOP)
        paused.change { _ = $0.insert(agent.pid) }
    }

    /// Those that were paused go on, and report what others may have done meanwhile.
    func resumeAgents() {
        for pid in paused.change({ set in
            defer { set = [] }
            return set
        }) { kill(pid, SIGCONT) }
    }

    /// Ends operators and gateways in good order.
    private func end() async throws {
        guard
            !hasEnded.change({ hasEnded in
                defer { hasEnded = true }
                return hasEnded
            })
        else { return }
        resumeAgents()
        for place in operators.value {
            place.program?.send(SIGTERM)
            guard try await place.program?.exitCode() == 0 else {
                throw ChildProgramFailure("an operator did not end well:\n\(place.program?.text.suffix(4000) ?? "")")
            }
        }
        for gateway in gateways where try await gateway.stop() != 0 {
            throw ChildProgramFailure("a gateway did not end well:\n\(gateway.text.suffix(4000))")
        }
        for place in operators.value { await place.proxy.shutdown() }
        await entrance.shutdown()
    }
}
