package import KubernetesModel
package import StructuredData

/// One unit of work.
package struct SwarmTask: KubernetesResource {
    package static let resource = ResourceType(
        group: SwarmNames.group, version: SwarmNames.version, kind: "SwarmTask", plural: "swarmtasks", namespaced: true)

    package var apiVersion = SwarmTask.resource.apiVersion
    package var kind = SwarmTask.resource.kind
    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

extension SwarmTask {
    package struct Spec: Codable, Sendable, Equatable {
        package var type: String
        /// Pins the task to one swarm.
        package var swarm: String?
        package var input: JSON?
        package var inputFrom: [InputSource]?
        package var dedupKey: String?
        package var priority: Int?
        /// Limit for the whole life of the task.
        package var deadlineSeconds: Int?
        /// Limit for one attempt.
        package var timeoutSeconds: Int?
        package var retry: TaskRetry?
        package var ttlSecondsAfterFinished: Int?
        /// Tasks of the namespace that are to succeed before this one begins.
        package var dependsOn: [String]?
        package var fanOut: FanOut?
        package var suspend: Bool?
        package var cancel: Bool?

        package init(
            type: String,
            swarm: String? = nil,
            input: JSON? = nil,
            inputFrom: [InputSource]? = nil,
            dedupKey: String? = nil,
            priority: Int? = nil,
            deadlineSeconds: Int? = nil,
            timeoutSeconds: Int? = nil,
            retry: TaskRetry? = nil,
            ttlSecondsAfterFinished: Int? = nil,
            dependsOn: [String]? = nil,
            fanOut: FanOut? = nil,
            suspend: Bool? = nil,
            cancel: Bool? = nil
        ) {
            self.type = type
            self.swarm = swarm
            self.input = input
            self.inputFrom = inputFrom
            self.dedupKey = dedupKey
            self.priority = priority
            self.deadlineSeconds = deadlineSeconds
            self.timeoutSeconds = timeoutSeconds
            self.retry = retry
            self.ttlSecondsAfterFinished = ttlSecondsAfterFinished
            self.dependsOn = dependsOn
            self.fanOut = fanOut
            self.suspend = suspend
            self.cancel = cancel
        }
    }

    /// A value that is put into the input at `path`.
    package struct InputSource: Codable, Sendable, Equatable {
        package enum Form: String, Codable, Sendable {
            case text
            case json
        }

        package struct Key: Codable, Sendable, Equatable {
            package var name: String
            package var key: String

            package init(name: String, key: String) {
                self.name = name
                self.key = key
            }
        }

        /// A JSON pointer into the input.
        package var path: String
        package var `as`: Form?
        package var configMapKeyRef: Key

        package init(path: String, as form: Form? = nil, configMapKeyRef: Key) {
            self.path = path
            self.as = form
            self.configMapKeyRef = configMapKeyRef
        }
    }
}
