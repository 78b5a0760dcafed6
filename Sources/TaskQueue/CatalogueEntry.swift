package import StructuredData

/// What the gateway and the store need to know of a swarm; the operator publishes it.
package struct CatalogueEntry: Sendable, Hashable, Codable {
    package var namespace: String
    package var swarm: String
    /// The AgentSwarm's.
    package var uid: String
    package var generation: Int64
    /// The task types that the swarm takes.
    package var capabilities: [String]
    /// Schemas and defaults, by task type; a capability may have none.
    package var taskTypes: [TaskTypeEntry]
    /// The service account that the swarm's agents run under.
    package var serviceAccount: String
    /// Slots of one agent.
    package var slots: Int
    package var isSuspended: Bool
    /// The swarm's share where several compete; 1 for all by default.
    package var weight: Int

    package init(
        namespace: String, swarm: String, uid: String = "", generation: Int64 = 0, capabilities: [String],
        taskTypes: [TaskTypeEntry] = [], serviceAccount: String, slots: Int = 1, isSuspended: Bool = false,
        weight: Int = 1
    ) {
        self.namespace = namespace
        self.swarm = swarm
        self.uid = uid
        self.generation = generation
        self.capabilities = capabilities
        self.taskTypes = taskTypes
        self.serviceAccount = serviceAccount
        self.slots = slots
        self.isSuspended = isSuspended
        self.weight = weight
    }
}

/// A task type as one swarm defines it.
package struct TaskTypeEntry: Sendable, Hashable, Codable {
    package var name: String
    package var inputSchema: JSON?
    package var outputSchema: JSON?
    package var timeoutMs: Int64?
    package var retry: RetryPolicy?

    package init(
        name: String, inputSchema: JSON? = nil, outputSchema: JSON? = nil, timeoutMs: Int64? = nil,
        retry: RetryPolicy? = nil
    ) {
        self.name = name
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
        self.timeoutMs = timeoutMs
        self.retry = retry
    }
}
