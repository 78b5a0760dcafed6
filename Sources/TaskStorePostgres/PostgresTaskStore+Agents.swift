package import TaskQueue

extension PostgresTaskStore {
    package func register(_ registration: AgentRegistration) async throws -> AgentRecord {
        try await write { try $0.register(registration) }
    }

    package func agent(_ id: AgentID) async throws -> AgentRecord? {
        try await read(Request(Reading.agent, Parameters(.text(id.text)))) { rows in
            guard var row = rows.first else { return nil }
            return try AgentTable.read(&row)
        }
    }

    package func agents(namespace: String, swarm: String) async throws -> [AgentRecord] {
        try await read(Request(Reading.agents, Parameters(.text(namespace), .text(swarm)))) { rows in
            try rows.map { row in try AgentTable.read(&row) }
        }
    }

    package func setDraining(_ agents: [AgentID], _ isDraining: Bool) async throws {
        try await write(Needs(agents: agents)) { transaction in
            for id in agents {
                guard var agent = try transaction.agent(id), agent.isDraining != isDraining else { continue }
                agent.isDraining = isDraining
                transaction.put(agent, isNew: false)
                transaction.feed(.agentDrain, of: agent)
            }
        }
    }

    package func endAgents(podUIDs: [String]) async throws {
        try await write { transaction in
            for uid in podUIDs {
                let agents = try transaction.agents(Request(Statements.agentsOfPod, Parameters(.text(uid))))
                for agent in agents where !agent.isGone { try transaction.end(agent) }
            }
        }
    }
}

extension StoreTransaction {
    func feed(_ kind: Change.Kind, of agent: AgentRecord) {
        feed(kind, namespace: agent.registration.namespace, swarm: agent.registration.swarm, agent: agent.id)
    }

    fileprivate func register(_ registration: AgentRegistration) throws -> AgentRecord {
        try lock(AdvisoryLock.key("agent", registration.namespace, registration.swarm, registration.name))
        let namesakes = try agents(
            Request(
                Statements.agentsByName,
                Parameters(.text(registration.namespace), .text(registration.swarm), .text(registration.name)))
        ).filter { !$0.isGone }
        if var same = namesakes.first(where: { $0.registration.instance == registration.instance }) {
            same.registration = registration
            same.lastSeen = now
            put(same, isNew: false)
            return same
        }
        // A pod's name is its own for its life, so that an agent of this name and another instance was this pod's process
        // before: it has ended. A drain mark was meant for the pod.
        let isDraining = namesakes.contains { $0.isDraining && $0.registration.podUID == registration.podUID }
        for agent in namesakes { try end(agent) }
        let agent = AgentRecord(
            id: AgentID("\(registration.name).\(String(context.bits(), radix: 36))"), registration: registration,
            registered: now, lastSeen: now, lastRequest: 0, isDraining: isDraining, isGone: false)
        put(agent, isNew: true)
        feed(.agentRegistered, of: agent)
        return agent
    }

    /// The agent is no more: what it held is free.
    fileprivate func end(_ agent: AgentRecord) throws {
        var agent = agent
        agent.isGone = true
        put(agent, isNew: false)
        let held = try tasks(Request(Statements.tasksOfAgent, Parameters(.text(agent.id.text))))
        try holdKeys(held.compactMap { KeyName($0.record) })
        for task in held { try apply(.agentGone(agent.id), to: task) }
        feed(.agentGone, of: agent)
    }
}
