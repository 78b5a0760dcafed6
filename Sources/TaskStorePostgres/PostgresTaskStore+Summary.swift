package import TaskQueue

extension PostgresTaskStore {
    package func summary(namespace: String, swarm: String) async throws -> QueueSummary {
        let now = now()
        let place = Parameters(.text(namespace), .text(swarm))
        var timed = place
        timed.add(.integer(now.milliseconds / 1000 - 60))
        let active = context.notes.activity(in: SwarmKey(namespace: namespace, swarm: swarm))
        return try await reader.perform(
            [Request(Reading.summary, timed), Request(Reading.agentLoads, place)]
        ) { answers in
            guard var row = answers[0].first else { throw StoreTransaction.damaged("nothing was counted") }
            var summary = QueueSummary(namespace: namespace, swarm: swarm, time: now)
            summary.ready = try row.int()
            summary.leased = try row.int()
            summary.delayed = try row.int()
            summary.held = try row.int()
            summary.oldestReady = try row.optionalTime()
            summary.nextDelayed = try row.optionalTime()
            summary.arrivalsLastMinute = try row.int()
            summary.serviceMilliseconds = try row.optionalInteger()
            summary.lastActivity = [try row.optionalTime(), active].compactMap(\.self).max()
            summary.agents = try answers[1].map { row in
                AgentLoad(agent: try AgentTable.read(&row), leased: try row.int())
            }
            return summary
        }
    }

    package func failureGroups(namespace: String, swarm: String?, limit: Int) async throws -> [FailureGroup] {
        let parameters = Parameters(.text(namespace), Cell(swarm), Cell(min(max(limit, 1), 1000)))
        return try await read(Request(FailureTable.most, parameters)) { rows in
            try rows.map { row in try FailureTable.read(&row) }
        }
    }
}
