/// An agent that asks to take part.
package struct AgentRegistration: Sendable, Hashable {
    package var namespace: String
    package var swarm: String
    /// The pod's name, or whatever an agent outside Kubernetes calls itself.
    package var name: String
    package var podUID: String?
    /// One for the life of the agent's process: the same one again is the same registration.
    package var instance: String
    package var slots: Int
    package var version: String
    /// The task types it can run; it gets those that its swarm takes as well.
    package var capabilities: [String]
    package var serviceAccount: String

    package init(
        namespace: String, swarm: String, name: String, podUID: String? = nil, instance: String, slots: Int,
        version: String, capabilities: [String], serviceAccount: String
    ) {
        self.namespace = namespace
        self.swarm = swarm
        self.name = name
        self.podUID = podUID
        self.instance = instance
        self.slots = slots
        self.version = version
        self.capabilities = capabilities
        self.serviceAccount = serviceAccount
    }
}

/// A registered agent.
package struct AgentRecord: Sendable, Hashable {
    package var id: AgentID
    package var registration: AgentRegistration
    package var registered: StoreTime
    package var lastSeen: StoreTime
    /// The highest lease request of this registration.
    package var lastRequest: Int64
    /// It gets no more leases, until this is taken back.
    package var isDraining: Bool
    /// A later registration, or the end of its pod, has made an end of this one.
    package var isGone: Bool

    package init(
        id: AgentID, registration: AgentRegistration, registered: StoreTime, lastSeen: StoreTime, lastRequest: Int64,
        isDraining: Bool, isGone: Bool
    ) {
        self.id = id
        self.registration = registration
        self.registered = registered
        self.lastSeen = lastSeen
        self.lastRequest = lastRequest
        self.isDraining = isDraining
        self.isGone = isGone
    }

    /// What a lease request with this number is to this registration.
    package func order(of request: Int64) -> RequestOrder {
        request < lastRequest ? .stale : request == lastRequest ? .repeated : .new
    }

    package enum RequestOrder: Sendable, Hashable {
        case new
        /// Its answer may have been lost: it gets the same live leases again.
        case repeated
        case stale
    }
}
