package import KubernetesModel
package import StructuredData

extension AgentSwarm {
    package struct Status: Codable, Sendable, Equatable {
        /// −1 until the operator has seen the object.
        package var observedGeneration: Int64?
        package var replicas: Int?
        package var readyAgents: Int?
        package var busyAgents: Int?
        package var desiredAgents: Int?
        /// The label selector of the swarm's pods, for the scale subresource.
        package var selector: String?
        package var queue: Queue?
        package var lastDecision: Decision?
        package var conditions: [Condition]?

        package init(
            observedGeneration: Int64? = nil,
            replicas: Int? = nil,
            readyAgents: Int? = nil,
            busyAgents: Int? = nil,
            desiredAgents: Int? = nil,
            selector: String? = nil,
            queue: Queue? = nil,
            lastDecision: Decision? = nil,
            conditions: [Condition]? = nil
        ) {
            self.observedGeneration = observedGeneration
            self.replicas = replicas
            self.readyAgents = readyAgents
            self.busyAgents = busyAgents
            self.desiredAgents = desiredAgents
            self.selector = selector
            self.queue = queue
            self.lastDecision = lastDecision
            self.conditions = conditions
        }
    }

    package struct Queue: Codable, Sendable, Equatable {
        package var ready: Int?
        package var leased: Int?
        package var oldestWaitSeconds: Int?
        package var arrivalsPerMinute: Int?
        package var serviceMilliseconds: Int?

        package init(
            ready: Int? = nil,
            leased: Int? = nil,
            oldestWaitSeconds: Int? = nil,
            arrivalsPerMinute: Int? = nil,
            serviceMilliseconds: Int? = nil
        ) {
            self.ready = ready
            self.leased = leased
            self.oldestWaitSeconds = oldestWaitSeconds
            self.arrivalsPerMinute = arrivalsPerMinute
            self.serviceMilliseconds = serviceMilliseconds
        }
    }

    /// The scaling decision that led to the present number of agents, with everything that it was made from.
    package struct Decision: Codable, Sendable, Equatable {
        /// RFC 3339.
        package var time: String
        package var from: Int
        package var to: Int
        package var reason: String
        package var message: String?
        package var inputs: JSON

        package init(time: String, from: Int, to: Int, reason: String, message: String?, inputs: JSON) {
            self.time = time
            self.from = from
            self.to = to
            self.reason = reason
            self.message = message
            self.inputs = inputs
        }
    }
}
