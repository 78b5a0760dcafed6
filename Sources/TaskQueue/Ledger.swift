package import StructuredData

/// The append-only record of attempts, decisions and outcomes. Attempts and outcomes are written by the store itself, in the
/// transaction that ends them.
package protocol Ledger: Sendable {
    /// The ended attempts of a task, in the order of their ends. One whose lease ended for lateness, and whose report was
    /// accepted all the same, stands there twice.
    func attempts(of task: TaskID) async throws -> [AttemptRecord]

    func recordDecision(_ decision: DecisionRecord) async throws

    /// The latest decisions on a swarm, newest first.
    func decisions(namespace: String, swarm: String, limit: Int) async throws -> [DecisionRecord]

    /// Ended tasks of a swarm, newest first.
    func outcomes(namespace: String, swarm: String, limit: Int) async throws -> [OutcomeRecord]
}

package struct AttemptRecord: Sendable, Hashable {
    package enum End: String, Sendable, Hashable, CaseIterable {
        case succeeded
        case failed
        case released
        /// The lease ended and no heartbeat had prolonged it.
        case expired
        /// No sign came that the lease had reached the agent.
        case unacknowledged
        case timedOut
        case cancelled
        /// The task's own life ended first.
        case deadline
    }

    package var task: TaskID
    package var number: Int
    package var epoch: Int64
    package var agent: AgentID
    /// The agent's pod.
    package var agentName: String
    package var started: StoreTime
    package var ended: StoreTime
    package var end: End
    package var failure: Failure?

    package init(
        task: TaskID, number: Int, epoch: Int64, agent: AgentID, agentName: String, started: StoreTime,
        ended: StoreTime, end: End, failure: Failure? = nil
    ) {
        self.task = task
        self.number = number
        self.epoch = epoch
        self.agent = agent
        self.agentName = agentName
        self.started = started
        self.ended = ended
        self.end = end
        self.failure = failure
    }
}

/// One decision about a swarm's size, with the inputs that it is a pure function of.
package struct DecisionRecord: Sendable, Hashable {
    package var namespace: String
    package var swarm: String
    package var time: StoreTime
    package var from: Int
    package var to: Int
    package var reason: String
    package var inputs: JSON

    package init(
        namespace: String, swarm: String, time: StoreTime, from: Int, to: Int, reason: String, inputs: JSON
    ) {
        self.namespace = namespace
        self.swarm = swarm
        self.time = time
        self.from = from
        self.to = to
        self.reason = reason
        self.inputs = inputs
    }
}

/// How a task ended, for those who learn from it.
package struct OutcomeRecord: Sendable, Hashable {
    package var task: TaskID
    package var namespace: String
    package var swarm: String
    package var type: String
    package var state: TaskState
    package var attempts: Int
    /// From the submission to the first lease; `nil` where there was none.
    package var waitMs: Int64?
    /// From the last lease to the end; `nil` where it was not leased when it ended.
    package var runMs: Int64?
    package var inputBytes: Int
    package var resultBytes: Int?
    package var failureCode: String?
    package var ended: StoreTime

    package init(
        task: TaskID, namespace: String, swarm: String, type: String, state: TaskState, attempts: Int, waitMs: Int64?,
        runMs: Int64?, inputBytes: Int, resultBytes: Int?, failureCode: String?, ended: StoreTime
    ) {
        self.task = task
        self.namespace = namespace
        self.swarm = swarm
        self.type = type
        self.state = state
        self.attempts = attempts
        self.waitMs = waitMs
        self.runMs = runMs
        self.inputBytes = inputBytes
        self.resultBytes = resultBytes
        self.failureCode = failureCode
        self.ended = ended
    }
}
