/// Everything that can happen to a task.
package enum TaskEvent: Sendable, Hashable {
    /// The lease statement chose this task for an agent.
    case lease(LeaseOrder)
    case beat(LeaseKey, Progress?, wroteOutput: Bool = false)
    case report(LeaseKey, Report)
    case cancel(CancelOrder)
    /// Time passed: ends backoffs, leases, time-outs and lives that are over. The reaper's event.
    case tick
    /// The store was opened after an outage, in which no agent could send a sign: live leases get one full period.
    case recover
    /// The registration has ended and with it the process that could report.
    case agentGone(AgentID)
    case hold(HoldReasons)
    case unhold(HoldReasons)
    /// Binds the task to another swarm.
    case bind(swarm: String)
    case prioritise(Int)
}

package struct LeaseOrder: Sendable, Hashable {
    package var agent: AgentID
    package var agentName: String
    package var token: LeaseToken
    package var request: Int64
    /// Epochs up to this may have been given out before by a store that has forgotten it: the lease's is higher.
    package var epochFloor: Int64

    package init(agent: AgentID, agentName: String, token: LeaseToken, request: Int64, epochFloor: Int64 = 0) {
        self.agent = agent
        self.agentName = agentName
        self.token = token
        self.request = request
        self.epochFloor = epochFloor
    }
}

/// What an agent says became of an attempt.
package struct Report: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// - Parameter blob: where the result lies, if not in the report.
        case complete(resultBytes: Int, blob: ResultBlob? = nil)
        /// Another attempt may do better.
        case failRetryable(Failure)
        /// No attempt will do better.
        case failPermanent(Failure)
        /// The attempt was given up with no outcome; somebody else is to go on.
        case release
    }

    package var kind: Kind
    package var digest: ReportDigest

    package init(kind: Kind, digest: ReportDigest) {
        self.kind = kind
        self.digest = digest
    }
}

package struct CancelOrder: Sendable, Hashable {
    package enum Mode: String, Sendable, Hashable {
        /// The agent is asked to stop. Until it has, or `graceMs` have passed, or its lease ends, it may still complete.
        case cooperative
        /// It ends now; the agent finds its lease lost.
        case force
    }

    package var mode: Mode
    /// Cooperative only; `nil`: as long as the agent takes.
    package var graceMs: Int64?
    package var reason: String

    package init(mode: Mode, graceMs: Int64? = nil, reason: String) {
        self.mode = mode
        self.graceMs = graceMs
        self.reason = reason
    }
}
