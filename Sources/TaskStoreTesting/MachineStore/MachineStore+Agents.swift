package import TaskQueue

extension MachineStore {
    package func register(_ registration: AgentRegistration) async throws -> AgentRecord {
        change { $0.register(registration) }
    }

    package func agent(_ id: AgentID) async throws -> AgentRecord? {
        read { contents in contents.agents.first { $0.id == id } }
    }

    package func agents(namespace: String, swarm: String) async throws -> [AgentRecord] {
        read { $0.standing(namespace, swarm) }
    }

    package func setDraining(_ agents: [AgentID], _ isDraining: Bool) async throws {
        change { call in
            for id in agents {
                guard let index = call.contents.agent(id), call.contents.agents[index].isDraining != isDraining
                else { continue }
                call.contents.agents[index].isDraining = isDraining
                call.feed(.agentDrain, of: call.contents.agents[index])
            }
        }
    }

    package func endAgents(podUIDs: [String]) async throws {
        change { call in
            for agent in call.contents.agents where !agent.isGone {
                if let uid = agent.registration.podUID, podUIDs.contains(uid) { call.end(agent) }
            }
        }
    }

    package func summary(namespace: String, swarm: String) async throws -> QueueSummary {
        let now = now()
        return read { contents in
            let records = contents.tasks.values.map(\.record).filter { $0.namespace == namespace && $0.swarm == swarm }
            let ready = records.filter { $0.state == .ready }
            let delayed = records.filter { $0.state == .delayed }
            let runs = contents.outcomes.filter {
                $0.namespace == namespace && $0.swarm == swarm && $0.state == .succeeded
            }.compactMap(\.runMs).suffix(50)
            return QueueSummary(
                namespace: namespace, swarm: swarm, time: now, ready: ready.count,
                leased: records.count { $0.state == .leased }, delayed: delayed.count,
                held: records.count { $0.state == .held },
                oldestReady: Set(ready.map(\.type)).flatMap { type in
                    contents.heads { $0.namespace == namespace && $0.swarm == swarm && $0.type == type }
                }.map(\.record.readyAt).min(),
                nextDelayed: delayed.map(\.readyAt).min(),
                arrivalsLastMinute: records.count { now - $0.created < 60_000 },
                serviceMilliseconds: runs.isEmpty ? nil : runs.reduce(0, +) / Int64(runs.count),
                lastActivity: contents.activity["\(namespace)/\(swarm)"],
                agents: contents.standing(namespace, swarm).map { agent in
                    AgentLoad(agent: agent, leased: contents.leased(by: agent.id).count)
                })
        }
    }
}

extension MachineStore.Contents {
    fileprivate func standing(_ namespace: String, _ swarm: String) -> [AgentRecord] {
        agents.filter { $0.registration.namespace == namespace && $0.registration.swarm == swarm && !$0.isGone }
            .sorted { ($0.registered, $0.id) < ($1.registered, $1.id) }
    }
}

extension MachineStore.Call {
    fileprivate mutating func register(_ registration: AgentRegistration) -> AgentRecord {
        let namesakes = contents.standing(registration.namespace, registration.swarm)
            .filter { $0.registration.name == registration.name }
        if let same = namesakes.first(where: { $0.registration.instance == registration.instance }),
            let index = contents.agent(same.id)
        {
            contents.agents[index].registration = registration
            contents.agents[index].lastSeen = now
            return contents.agents[index]
        }
        let isDraining = namesakes.contains { $0.isDraining && $0.registration.podUID == registration.podUID }
        for agent in namesakes { end(agent) }
        let agent = AgentRecord(
            id: AgentID("\(registration.name).\(String(contents.random.next(), radix: 36))"),
            registration: registration, registered: now, lastSeen: now, lastRequest: 0, isDraining: isDraining,
            isGone: false)
        contents.agents.append(agent)
        feed(.agentRegistered, of: agent)
        return agent
    }

    /// The agent is no more: what it held is free.
    fileprivate mutating func end(_ agent: AgentRecord) {
        if let index = contents.agent(agent.id) { contents.agents[index].isGone = true }
        for id in contents.leased(by: agent.id) { apply(.agentGone(agent.id), to: id) }
        feed(.agentGone, of: agent)
    }
}
