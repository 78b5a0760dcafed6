package import KubernetesModel
package import StructuredData

/// A pool of interchangeable agents with the same capabilities.
package struct AgentSwarm: KubernetesResource {
    package static let resource = ResourceType(
        group: SwarmNames.group, version: SwarmNames.version, kind: "AgentSwarm", plural: "agentswarms",
        namespaced: true)

    package var apiVersion = AgentSwarm.resource.apiVersion
    package var kind = AgentSwarm.resource.kind
    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension AgentSwarm {
    package struct Spec: Codable, Sendable, Equatable {
        /// The task types that the swarm takes.
        package var capabilities: [String]
        package var agent: Agent?
        package var scaling: Scaling?
        /// The scale subresource's field; read only under `External`, never written by the operator.
        package var replicas: Int?
        package var taskTypes: [TaskType]?
        package var suspend: Bool?

        package init(
            capabilities: [String],
            agent: Agent? = nil,
            scaling: Scaling? = nil,
            replicas: Int? = nil,
            taskTypes: [TaskType]? = nil,
            suspend: Bool? = nil
        ) {
            self.capabilities = capabilities
            self.agent = agent
            self.scaling = scaling
            self.replicas = replicas
            self.taskTypes = taskTypes
            self.suspend = suspend
        }
    }

    package struct Agent: Codable, Sendable, Equatable {
        package var image: String?
        /// Tasks that one agent runs at once.
        package var concurrency: Int?
        package var drainSeconds: Int?
        package var resources: JSON?
        package var env: [JSON]?
        package var envFrom: [JSON]?
        package var volumes: [JSON]?
        package var volumeMounts: [JSON]?
        package var serviceAccountName: String?
        package var network: Network?
        package var template: JSON?

        package init(
            image: String? = nil,
            concurrency: Int? = nil,
            drainSeconds: Int? = nil,
            resources: JSON? = nil,
            env: [JSON]? = nil,
            envFrom: [JSON]? = nil,
            volumes: [JSON]? = nil,
            volumeMounts: [JSON]? = nil,
            serviceAccountName: String? = nil,
            network: Network? = nil,
            template: JSON? = nil
        ) {
            self.image = image
            self.concurrency = concurrency
            self.drainSeconds = drainSeconds
            self.resources = resources
            self.env = env
            self.envFrom = envFrom
            self.volumes = volumes
            self.volumeMounts = volumeMounts
            self.serviceAccountName = serviceAccountName
            self.network = network
            self.template = template
        }
    }

    package struct Scaling: Codable, Sendable, Equatable {
        package enum Strategy: String, Codable, Sendable {
            /// The operator follows demand.
            case demand = "Demand"
            /// `spec.replicas` is followed, which others write through the scale subresource.
            case external = "External"
        }

        package var minAgents: Int?
        package var maxAgents: Int?
        package var objective: Objective?
        package var idleSeconds: Int?
        package var stabilizationSeconds: Stabilization?
        package var strategy: Strategy?

        package init(
            minAgents: Int? = nil,
            maxAgents: Int? = nil,
            objective: Objective? = nil,
            idleSeconds: Int? = nil,
            stabilizationSeconds: Stabilization? = nil,
            strategy: Strategy? = nil
        ) {
            self.minAgents = minAgents
            self.maxAgents = maxAgents
            self.objective = objective
            self.idleSeconds = idleSeconds
            self.stabilizationSeconds = stabilizationSeconds
            self.strategy = strategy
        }
    }

    /// How long a task may wait for an agent.
    package struct Objective: Codable, Sendable, Equatable {
        package var waitSeconds: Int?
        package var percentile: Int?
    }

    package struct Stabilization: Codable, Sendable, Equatable {
        package var up: Int?
        package var down: Int?
    }

    /// What the swarm's agents expect of the tasks of one type.
    package struct TaskType: Codable, Sendable, Equatable {
        package var name: String
        package var inputSchema: JSON?
        package var outputSchema: JSON?
        package var timeoutSeconds: Int?
        package var retry: TaskRetry?

        package init(
            name: String,
            inputSchema: JSON? = nil,
            outputSchema: JSON? = nil,
            timeoutSeconds: Int? = nil,
            retry: TaskRetry? = nil
        ) {
            self.name = name
            self.inputSchema = inputSchema
            self.outputSchema = outputSchema
            self.timeoutSeconds = timeoutSeconds
            self.retry = retry
        }
    }
}

/// How often, and after which pauses, a failed task is tried again.
package struct TaskRetry: Codable, Sendable, Equatable {
    /// Further attempts after the first.
    package var limit: Int?
    /// The pause before the second attempt; it doubles from attempt to attempt.
    package var backoffSeconds: Int?
    package var maxBackoffSeconds: Int?
    /// Codes of failures, or beginnings of codes with `*` after them: the only ones that are tried again.
    package var retryOn: [String]?
    /// Those that are not, also where `retryOn` has them.
    package var giveUpOn: [String]?

    package init(
        limit: Int? = nil, backoffSeconds: Int? = nil, maxBackoffSeconds: Int? = nil, retryOn: [String]? = nil,
        giveUpOn: [String]? = nil
    ) {
        self.limit = limit
        self.backoffSeconds = backoffSeconds
        self.maxBackoffSeconds = maxBackoffSeconds
        self.retryOn = retryOn
        self.giveUpOn = giveUpOn
    }
}
