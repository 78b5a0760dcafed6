import Foundation
import NetworkFaults
import StructuredData
import TaskProtocol
import TaskStoreTesting
import TestSupport
import Testing

/// The network between agents, gateways and store stalls, breaks or forgets connections.
@Suite("A network that stalls", .timeLimit(.minutes(10)))
struct StalledNetworkTests {
    private static func submit(_ input: JSON, _ fleet: Fleet) async throws -> String {
        try await fleet.gateways[0].client.submit(
            TaskSubmission(type: "echo", input: input, retry: RetryLimits(limit: 19, backoffMs: 1)),
            namespace: Fleet.namespace
        ).id
    }

    private static func ended(_ id: String, _ fleet: Fleet) async throws -> TaskView {
        while true {
            let task = try await fleet.gateways[0].client.task(id, namespace: Fleet.namespace, waitMs: 10_000)
            if task.phase.isFinal { return task }
        }
    }

    private static func attempts(_ id: String, _ fleet: Fleet) async throws -> [AttemptView] {
        try await fleet.gateways[0].client.attempts(of: id, namespace: Fleet.namespace)
    }

    // MARK: Between agent and gateway

    @Test
    func `an agent that is cut off for longer than its lease loses its task to another, which alone counts`()
        async throws
    {
        try await Fleet.run(.sqlite) { fleet in
            try await fleet.startGateways()
            let proxy = try await FaultProxy.start(to: fleet.gateways[0].port)
            try await fleet.startAgent(0, gateway: "http://127.0.0.1:\(proxy.port)", concurrency: 1)
            let id = try await Self.submit(["result": ["number": 0], "delayMs": 8000, "progressSteps": 8], fleet)
            _ = try await Self.progress(of: id, from: 1, fleet)
            proxy.set(.hold, .toServer, .toClient)
            fleet.agentIsCutOff(0)
            try await fleet.startAgent(1, gateway: fleet.gateways[0].url, concurrency: 1)
            let ended = try await Self.ended(id, fleet)
            #expect(ended.phase == .succeeded && ended.attempts == 2, "\(ended)")
            #expect(ended.agent == Fleet.agentName(1, 1))
            // What the first one had to say arrives now, and changes nothing; it works on.
            proxy.set(.pass, .toServer, .toClient)
            _ = try await fleet.stopOneAgent(1)
            let next = try await Self.submit(["result": ["number": 1]], fleet)
            #expect(try await Self.ended(next, fleet).agent == Fleet.agentName(0, 1))
            #expect(try await Self.attempts(id, fleet).map(\.outcome) == ["expired", "completed"])
            await proxy.shutdown()
            try await Self.finish(fleet, accepted: [id, next])
        }
    }

    @Test func `an agent whose connections are dead without its knowledge keeps its lease over new ones`() async throws
    {
        try await Fleet.run(.sqlite) { fleet in
            try await fleet.startGateways()
            let proxy = try await FaultProxy.start(to: fleet.gateways[0].port)
            try await fleet.startAgent(0, gateway: "http://127.0.0.1:\(proxy.port)", concurrency: 1)
            let id = try await Self.submit(["result": ["number": 0], "delayMs": 30_000, "progressSteps": 30], fleet)
            let seen = try await Self.progress(of: id, from: 1, fleet)
            // From now on these connections lead nowhere, and nobody is told.
            let dead = proxy.connections
            for connection in dead {
                for direction in FaultProxy.Direction.allCases { connection.set(.swallow, direction) }
            }
            // A step takes a second: without heartbeats, the lease would be over by then.
            _ = try await Self.progress(of: id, from: seen + 16, fleet)
            for connection in dead { connection.end(.reset) }
            let ended = try await Self.ended(id, fleet)
            #expect(ended.phase == .succeeded && ended.attempts == 1, "\(ended)")
            await proxy.shutdown()
            try await Self.finish(fleet, accepted: [id])
        }
    }

    @Test func `connections that break in the middle of whatever is said lose nothing and count nothing twice`()
        async throws
    {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        let comment = Comment("with seed \(seed)")
        print("StalledNetworkTests: \(comment)")
        try await Fleet.run(.sqlite) { fleet in
            try await fleet.startGateways()
            let proxy = try await Self.cuttingProxy(to: fleet.gateways[0].port, cuts: 60, seed: seed)
            for index in 0..<2 { try await fleet.startAgent(index, gateway: "http://127.0.0.1:\(proxy.port)") }
            let work = FleetWork(fleet, count: 900, batch: 100)
            try await work.submit()
            try await FleetAudit.untilEnded(fleet)
            #expect(proxy.connections.count { $0.isClosed } > 10, "connections were cut")
            try await Self.finish(fleet, accepted: work.accepted, comment)
            await proxy.shutdown()
        }
    }

    // MARK: Between gateway and store

    @Test(arguments: [SharedStore.Kind.postgres, .redis])
    func
        `a gateway whose store is silent is not ready, and serves again when it speaks`(
            kind: SharedStore.Kind
        ) async throws
    {
        let proxies = Observed<[FaultProxy]>([])
        try await Fleet.run(kind) { store in
            guard let port = store.port else { return [] }
            let proxy = try await FaultProxy.start(to: port)
            proxies.change { $0.append(proxy) }
            // The second gateway has a way of its own.
            return [store.url(through: proxy.port), store.url()]
        } _: { fleet in
            guard let proxy = proxies.value.first else { return }
            try await fleet.startGateways()
            for index in 0..<2 { try await fleet.startAgent(index, gateway: fleet.gateways[index].url) }
            let work = FleetWork(fleet, count: 200, batch: 50, delayMs: 20)
            async let submitted: Void = work.submit { tasks in
                try await fleet.gateways[1].client.submit(tasks, namespace: Fleet.namespace)
            }
            await work.progress(to: 20, waitMs: 10_000)
            let stalled = fleet.gateways[0]
            for isForgotten in [false, true] {
                let before = stalled.recoveries
                let failures = stalled.failures
                proxy.set(isForgotten ? .swallow : .hold, .toServer, .toClient)
                try await stalled.fails(moreOftenThan: failures)
                #expect(try await stalled.readiness().status == 503)
                #expect(try await fleet.gateways[1].readiness().status == 200, "the other one goes on")
                proxy.set(.pass, .toServer, .toClient)
                if isForgotten { proxy.endAll(.reset) }
                try await stalled.recovers(moreOftenThan: before)
                try await stalled.becomesReady()
            }
            try await submitted
            try await FleetAudit.untilEnded(fleet)
            try await Self.finish(fleet, accepted: work.accepted)
            await proxy.shutdown()
        }
    }

    @Test(arguments: [SharedStore.Kind.postgres, .redis])
    func `connections to the store that break in a transaction lose nothing and count nothing twice`(
        kind: SharedStore.Kind
    ) async throws {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        let comment = Comment("on \(kind.rawValue) with seed \(seed)")
        print("StalledNetworkTests: \(comment)")
        let proxies = Observed<[FaultProxy]>([])
        try await Fleet.run(kind) { store in
            guard let port = store.port else { return [] }
            let proxy = try await Self.cuttingProxy(to: port, cuts: 25, seed: seed, bytes: 20_000...200_000)
            proxies.change { $0.append(proxy) }
            return [store.url(through: proxy.port), store.url()]
        } _: { fleet in
            try await fleet.startGateways()
            for index in 0..<2 { try await fleet.startAgent(index, gateway: fleet.gateways[index].url) }
            let work = FleetWork(fleet, count: 600, batch: 50)
            try await work.submit { tasks in
                try await Self.submitTwice(tasks, fleet)
            }
            try await FleetAudit.untilEnded(fleet)
            #expect(proxies.value[0].connections.count { $0.isClosed } > 3, "connections were cut \(comment)")
            try await Self.finish(fleet, accepted: work.accepted, comment)
            await proxies.value[0].shutdown()
        }
    }

    /// To the gateway whose way to the store is cut, and again to the other one where that had no answer.
    private static func submitTwice(_ tasks: [TaskSubmission], _ fleet: Fleet) async throws -> SubmissionAnswer {
        do {
            return try await fleet.gateways[0].client.submit(tasks, namespace: Fleet.namespace)
        } catch let error as GatewayError where error.isRetryable {
            return try await fleet.gateways[1].client.submit(tasks, namespace: Fleet.namespace)
        }
    }

    // MARK: Parts

    /// Cuts so many connections after a number of bytes that the seed decides, in either direction; the others pass.
    private static func cuttingProxy(
        to port: Int, cuts: Int, seed: UInt64, bytes: ClosedRange<Int> = 2_000...20_000
    ) async throws -> FaultProxy {
        try await FaultProxy.start(to: port) { connection in
            guard connection.number < cuts else { return }
            var random = SeededGenerator(seed: seed &+ UInt64(connection.number))
            let direction: FaultProxy.Direction = Bool.random(using: &random) ? .toServer : .toClient
            connection.end(
                Bool.random(using: &random) ? .reset : .finish, after: Int.random(in: bytes, using: &random), direction)
        }
    }

    /// Waits until the agent's heartbeats have told of so many steps; answers how many it told of.
    private static func progress(of id: String, from steps: Int64, _ fleet: Fleet) async throws -> Int64 {
        while true {
            let task = try await fleet.gateways[0].client.task(id, namespace: Fleet.namespace, waitMs: 100)
            if let done = task.progress?.done, done >= steps { return done }
            try #require(!task.phase.isFinal, "\(task)")
        }
    }

    private static func finish(_ fleet: Fleet, accepted: [String], _ comment: Comment = "") async throws {
        let audit = FleetAudit(fleet: fleet, accepted: accepted)
        try await audit.checkAPI(comment)
        #expect(try await fleet.stopAgents().allSatisfy { $0 == 0 }, comment)
        #expect(try await fleet.stopGateways().allSatisfy { $0 == 0 }, comment)
        print("StalledNetworkTests: \(try await audit.checkStore(comment)) \(comment)")
    }
}
