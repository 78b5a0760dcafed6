package import TaskQueue

extension RedisTaskStore {
    package func summary(namespace: String, swarm: String) async throws -> QueueSummary {
        let parts = try await run(.summary, [Array("\(namespace)/\(swarm)".utf8)]).elements(atLeast: 11)
        let time = StoreTime(milliseconds: try parts[0].integer())
        note(time)
        func count(_ index: Int) throws -> Int { Int(clamping: try parts[index].integer()) }
        var summary = QueueSummary(
            namespace: namespace, swarm: swarm, time: time, ready: try count(1), leased: try count(2),
            delayed: try count(3), held: try count(4), oldestReady: Self.time(parts[5]),
            nextDelayed: Self.time(parts[6]), arrivalsLastMinute: try count(7),
            serviceMilliseconds: parts[8].optionalInteger, lastActivity: Self.time(parts[9]))
        for load in try parts[10].elements() {
            let pair = try load.elements(atLeast: 2)
            if let agent = try Self.agent(pair[0]) {
                summary.agents.append(AgentLoad(agent: agent, leased: Int(clamping: try pair[1].integer())))
            }
        }
        return summary
    }

    package func failureGroups(namespace: String, swarm: String?, limit: Int) async throws -> [FailureGroup] {
        let groups = try await run(.failureGroups, [Array(namespace.utf8)]).elements()
            .map { try LedgerCodec.failureGroup($0.bytes(), namespace: namespace) }
            .filter { swarm == nil || $0.swarm == swarm }
            .sorted { left, right in
                func order(_ group: FailureGroup) -> (String, String, String) {
                    (group.swarm, group.fingerprint.code, group.fingerprint.pattern)
                }
                if left.count != right.count { return left.count > right.count }
                return left.last != right.last ? left.last > right.last : order(left) < order(right)
            }
        return Array(groups.prefix(min(max(limit, 1), 1000)))
    }
}
