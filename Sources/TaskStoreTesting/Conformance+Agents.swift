import TaskQueue

extension StoreConformance {
    static let agents: [StoreConformance] = [
        StoreConformance("the same instance registers once") { factory in
            let bench = try await Workbench(factory)
            let first = try await bench.agent("one")
            _ = try await bench.offer(first, 7)
            let again = try await bench.agent("one")
            try expectEqual(again, first, "agent")
            try expectEqual(try await bench.store.agent(first)?.lastRequest, 7, "last request")
            let other = try await bench.agent("two")
            try expect(other != first, "another pod is another agent")
            try expectEqual(
                try await bench.store.agents(namespace: Workbench.namespace, swarm: Workbench.swarm).map(\.id),
                [first, other], "agents")
        },
        StoreConformance("a pod's new process frees what its old one held") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let old = try await bench.agent("one", instance: "first life")
            let task = try await bench.lease(old, 1)
            _ = try await bench.beat(old, task)
            try await bench.store.setDraining([old], true)
            let new = try await bench.agent("one", instance: "second life")
            try expectEqual(try await bench.record("a").state, .ready, "state")
            try expectEqual(try await bench.store.agent(old)?.isGone, true, "the old agent is gone")
            let verdict = try await bench.store.lease(LeaseCall(agent: old, request: 2, slots: 1))
            try expectEqual(verdict, .unknownAgent, "the old agent's lease request")
            try expectEqual(try await bench.store.agent(new)?.isDraining, true, "the pod's drain mark stays")
            try await bench.store.setDraining([new], false)
            try expectEqual(try await bench.lease(new, 1).record.attempts, 2, "attempts")
        },
        StoreConformance("the end of a pod frees what it held, for good") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a")
            let one = try await bench.agent("one")
            let task = try await bench.lease(one, 1)
            try await bench.store.endAgents(podUIDs: ["uid-one", "unknown"])
            try expectEqual(try await bench.record("a").state, .ready, "state")
            try expectEqual(try await bench.beat(one, task), .lost, "verdict")
            let answer = try await bench.store.heartbeat(one, [])
            try expect(!answer.isKnown, "the agent is not known any more")
            try expect(
                try await bench.changes().contains { $0.kind == .agentGone && $0.agent == one }, "the feed tells it")
        },
        StoreConformance("an agent is told of its drain mark with each heartbeat") { factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            try await bench.store.setDraining([agent], true)
            try await bench.store.setDraining([agent], true)
            let answer = try await bench.store.heartbeat(agent, [])
            try expect(answer.isDraining && answer.isKnown, "draining and known")
            let marks = try await bench.changes().filter { $0.kind == .agentDrain }
            try expectEqual(marks.map(\.agent), [agent], "the feed tells it once")
        },
        StoreConformance("an agent not heard of for long is forgotten, unless it holds a lease") { factory in
            let bench = try await Workbench(factory)
            try await bench.submit("a") { $0.timeoutMs = 86_400_000 }
            let idle = try await bench.agent("idle")
            let busy = try await bench.agent("busy")
            let task = try await bench.lease(busy, 1)
            _ = try await bench.beat(busy, task)
            bench.clock.advance(bench.policy.agentRetentionMs + 1)
            let unknown = try await bench.store.heartbeat(
                "unknown", [Beat(task: "a", key: task.key)])
            try expectEqual(unknown.verdicts, [.alive], "a lease is proven by its token")
            try await bench.pass(0)
            try expectEqual(try await bench.store.agent(idle), nil, "the idle agent")
            try expect(try await bench.store.agent(busy) != nil, "the busy agent is known still")
        },
    ]
}
