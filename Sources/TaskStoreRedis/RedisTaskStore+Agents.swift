package import TaskQueue

extension RedisTaskStore {
    package func register(_ registration: AgentRegistration) async throws -> AgentRecord {
        var writer = PackWriter()
        writer.array(9)
        writer.text(registration.namespace)
        writer.text(registration.swarm)
        writer.text(registration.name)
        writer.optional(registration.podUID)
        writer.text(registration.instance)
        writer.text(String(registration.slots))
        writer.text(registration.version)
        var types = PackWriter()
        types.array(registration.capabilities.count)
        for type in registration.capabilities { types.text(type) }
        writer.data(types.bytes)
        writer.text(registration.serviceAccount)
        let id = "\(registration.name).\(String(bits(), radix: 36))"
        let reply = try await run(.register, [writer.bytes, Array(id.utf8)])
        guard let agent = try Self.agent(reply) else { throw PackReader.damaged }
        return agent
    }

    package func agent(_ id: AgentID) async throws -> AgentRecord? {
        try Self.agent(await run(.agent, [Array(id.text.utf8)]))
    }

    package func agents(namespace: String, swarm: String) async throws -> [AgentRecord] {
        try await run(.agents, [Array("\(namespace)/\(swarm)".utf8)]).elements().compactMap(Self.agent)
    }

    package func setDraining(_ agents: [AgentID], _ isDraining: Bool) async throws {
        _ = try await run(.setDraining, [[isDraining ? 0x31 : 0x30]] + agents.map { Array($0.text.utf8) })
    }

    package func endAgents(podUIDs: [String]) async throws {
        _ = try await run(.endAgents, podUIDs.map { Array($0.utf8) })
    }

    /// Reads what the script `agentReply` answers.
    static func agent(_ reply: RedisReply) throws(TaskStoreError) -> AgentRecord? {
        guard case .array(let parts) = reply else { return nil }
        guard parts.count >= 14 else { throw PackReader.damaged }
        return AgentRecord(
            id: AgentID(try parts[0].text()),
            registration: AgentRegistration(
                namespace: try parts[1].text(), swarm: try parts[2].text(), name: try parts[3].text(),
                podUID: parts[4].optionalText, instance: try parts[5].text(),
                slots: Int(clamping: try parts[6].integer()), version: try parts[7].text(),
                capabilities: try PackReader.read(parts[8].bytes()).texts(), serviceAccount: try parts[9].text()),
            registered: StoreTime(milliseconds: try parts[10].integer()),
            lastSeen: StoreTime(milliseconds: try (parts.count > 14 ? parts[14] : parts[10]).integer()),
            lastRequest: try parts[11].integer(), isDraining: parts[12].optionalText != nil,
            isGone: parts[13].optionalText != nil)
    }
}
