import GRDB
package import TaskQueue

extension SQLiteTaskStore {
    package func register(_ registration: AgentRegistration) async throws -> AgentRecord {
        try await write { try $0.register(registration) }
    }

    package func agent(_ id: AgentID) async throws -> AgentRecord? {
        try await readPoint { [notes] db in
            try Row.fetchOne(db.cachedStatement(sql: AgentRow.select + "WHERE id = ?"), arguments: [id.text])
                .map { try notes.merged(AgentRow.read($0)) }
        }
    }

    package func agents(namespace: String, swarm: String) async throws -> [AgentRecord] {
        try await read { [notes] db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: AgentRow.select + "WHERE namespace = ? AND swarm = ? AND gone = 0 ORDER BY registered, id"),
                arguments: [namespace, swarm]
            ).map { try notes.merged(AgentRow.read($0)) }
        }
    }

    package func setDraining(_ agents: [AgentID], _ isDraining: Bool) async throws {
        try await write { transaction in
            for id in agents {
                guard let agent = try transaction.agent(id), agent.isDraining != isDraining else { continue }
                transaction.context.forget(id)
                try transaction.run("UPDATE agents SET draining = ? WHERE id = ?", [isDraining, id.text])
                try transaction.feed(.agentDrain, of: agent)
            }
        }
    }

    package func endAgents(podUIDs: [String]) async throws {
        try await write { transaction in
            for uid in podUIDs {
                let agents = try transaction.rows(AgentRow.select + "WHERE pod_uid = ? AND gone = 0", [uid])
                for row in agents { try transaction.end(AgentRow.read(row)) }
            }
        }
    }
}

extension StoreTransaction {
    func agent(_ id: AgentID) throws -> AgentRecord? {
        if let known = context.agent(id) { return context.notes.merged(known) }
        guard let row = try row(AgentRow.select + "WHERE id = ?", [id.text]) else { return nil }
        let agent = try AgentRow.read(row)
        context.remember(agent)
        return context.notes.merged(agent)
    }

    func feed(_ kind: Change.Kind, of agent: AgentRecord) throws {
        try feed(
            kind, namespace: agent.registration.namespace, swarm: agent.registration.swarm, agent: agent.id)
    }

    fileprivate func register(_ registration: AgentRegistration) throws -> AgentRecord {
        let namesakes = try rows(
            AgentRow.select + "WHERE namespace = ? AND swarm = ? AND gone = 0 AND name = ?",
            [registration.namespace, registration.swarm, registration.name]
        ).map { try context.notes.merged(AgentRow.read($0)) }
        if var same = namesakes.first(where: { $0.registration.instance == registration.instance }) {
            same.registration = registration
            same.lastSeen = now
            context.forget(same.id)
            try run("DELETE FROM agents WHERE id = ?", [same.id.text])
            try run(AgentRow.insert, AgentRow.values(same))
            return same
        }
        // A pod's name is its own for its life, so that an agent of this name and another instance was this pod's process
        // before: it has ended. A drain mark was meant for the pod.
        let isDraining = namesakes.contains { $0.isDraining && $0.registration.podUID == registration.podUID }
        for agent in namesakes { try end(agent) }
        let agent = AgentRecord(
            id: AgentID("\(registration.name).\(String(context.bits(), radix: 36))"), registration: registration,
            registered: now, lastSeen: now, lastRequest: 0, isDraining: isDraining, isGone: false)
        try run(AgentRow.insert, AgentRow.values(agent))
        try feed(.agentRegistered, of: agent)
        return agent
    }

    /// Writes when agents were last heard of, unless that was done a short while ago.
    func writeNotes(isLast: Bool = false) throws {
        for (agent, note) in context.notes.takeUnwritten(at: now, isLast: isLast) {
            try run(
                "UPDATE agents SET last_seen = max(last_seen, ?), last_request = max(last_request, ?) WHERE id = ?",
                [note.lastSeen.milliseconds, note.lastRequest, agent.text])
        }
    }

    /// The agent is no more: what it held is free.
    fileprivate func end(_ agent: AgentRecord) throws {
        context.notes.forget(agent.id)
        context.forget(agent.id)
        try run("UPDATE agents SET gone = 1 WHERE id = ?", [agent.id.text])
        let held = try rows(
            "SELECT sequence FROM tasks WHERE state = 'leased' AND lease_agent = ? ORDER BY sequence", [agent.id.text])
        for row in held {
            // Read one after the other: the end of one lease may move other tasks of its key.
            if let task = try task(at: row[0]) { try apply(.agentGone(agent.id), to: task) }
        }
        try feed(.agentGone, of: agent)
    }
}
