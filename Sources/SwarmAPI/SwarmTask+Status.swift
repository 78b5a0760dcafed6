package import KubernetesModel
package import StructuredData

extension SwarmTask {
    package enum Phase: String, Codable, Sendable, CaseIterable {
        case pending = "Pending"
        case queued = "Queued"
        case running = "Running"
        case succeeded = "Succeeded"
        case failed = "Failed"
        case cancelled = "Cancelled"

        package var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }
    }

    package struct Status: Codable, Sendable, Equatable {
        /// −1 until the operator has seen the object.
        package var observedGeneration: Int64?
        package var phase: Phase?
        package var conditions: [Condition]?
        package var swarm: String?
        package var agent: String?
        package var attempts: Int?
        /// RFC 3339, as all times here.
        package var queuedTime: String?
        package var startTime: String?
        package var completionTime: String?
        package var progress: Progress?
        /// Of a fan-out only.
        package var items: ItemCounts?
        /// The result, where it takes up at most 16 KiB.
        package var result: JSON?
        package var resultRef: ResultReference?
        package var message: String?

        package init(
            observedGeneration: Int64? = nil,
            phase: Phase? = nil,
            conditions: [Condition]? = nil,
            swarm: String? = nil,
            agent: String? = nil,
            attempts: Int? = nil,
            queuedTime: String? = nil,
            startTime: String? = nil,
            completionTime: String? = nil,
            progress: Progress? = nil,
            items: ItemCounts? = nil,
            result: JSON? = nil,
            resultRef: ResultReference? = nil,
            message: String? = nil
        ) {
            self.observedGeneration = observedGeneration
            self.phase = phase
            self.conditions = conditions
            self.swarm = swarm
            self.agent = agent
            self.attempts = attempts
            self.queuedTime = queuedTime
            self.startTime = startTime
            self.completionTime = completionTime
            self.progress = progress
            self.items = items
            self.result = result
            self.resultRef = resultRef
            self.message = message
        }
    }

    package struct Progress: Codable, Sendable, Equatable {
        package var done: Int?
        package var total: Int?
        package var message: String?

        package init(done: Int? = nil, total: Int? = nil, message: String? = nil) {
            self.done = done
            self.total = total
            self.message = message
        }
    }

    /// Where a result is that is too large for the object.
    package struct ResultReference: Codable, Sendable, Equatable {
        package var uri: String
        package var sha256: String?
        package var bytes: Int?

        package init(uri: String, sha256: String? = nil, bytes: Int? = nil) {
            self.uri = uri
            self.sha256 = sha256
            self.bytes = bytes
        }
    }

    /// The largest result that is written into the object, in bytes of compact JSON.
    package static let largestInlineResultBytes = 16 << 10
    package static let largestInlineInputBytes = 64 << 10

    /// Whether the task has come to its end.
    package var isFinished: Bool { status?.phase?.isFinal ?? false }
}
