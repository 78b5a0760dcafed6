import StructuredData
import TaskProtocol

extension AgentMachine {
    struct Settings: Sendable, Hashable {
        var slots: Int
        /// How long running attempts may take to end once the agent is asked to end.
        var drain: Duration
        var longPollMs: Int64 = ProtocolLimits.longestWaitMs
        /// How long attempts that began together may take to be reported together; zero: none waits for others.
        var gather: Duration = .milliseconds(5)
        /// An attempt that ran no longer lets expect that the next ones are as short.
        var short: Duration = .milliseconds(2)
        /// How long an agent whose attempts are short may leave slots unasked for that are free beside one that it has just
        /// filled; zero: it asks at once.
        var rest: Duration = .milliseconds(10)
        /// How long the last reports may take after `drain`.
        var lastReports: Duration = .seconds(10)
        /// How long the poll that is still out may take to come back once the agent is asked to end.
        var lastPoll: Duration = .seconds(2)
    }

    enum Event: Sendable {
        case start
        case registered(RegisterAnswer)
        case registrationFailed(CallFailure)
        /// The slot's worker can take an attempt.
        case slotReady(Int)
        /// The slot's worker ended by itself; the next is being started.
        case slotDown(Int)
        /// - waited: how long the gateway took to say so.
        case leased(request: Int64, LeaseAnswer?, waited: Duration)
        case leaseFailed(request: Int64, CallFailure)
        /// - reusable: the worker can take the next attempt; otherwise `slotReady` follows.
        /// - ran: since it was given to the slot.
        case attemptEnded(AttemptID, slot: Int, AttemptOutcome, reusable: Bool, ran: Duration)
        case reported(call: Int, ReportAnswer)
        case reportFailed(call: Int, CallFailure)
        case uploaded(AttemptID, ResultReference)
        case uploadFailed(AttemptID, CallFailure)
        /// By a heartbeat's verdict.
        case leaseLost(AttemptID)
        /// By a heartbeat's answer.
        case drain(Bool)
        /// A heartbeat was refused because the gateway does not know this agent.
        case agentUnknown
        /// SIGTERM; the second time nothing is waited for.
        case terminate
        case timer(Timer)
    }

    enum Timer: Sendable, Hashable {
        case register
        case lease
        case gathered
        case rested
        case reports
        case report(AttemptID)
        case drainDeadline
        case lastPoll
        case lastReports
    }

    enum Action: Sendable, Equatable {
        case register
        /// From now on calls carry this name; heartbeats go out at this interval.
        case adopt(agent: String, heartbeatMs: Int64)
        case lease(LeaseRequest)
        /// Run the attempt, and heartbeat its lease from now on.
        case run(LeaseGrant, slot: Int)
        case stop(AttemptID, slot: Int, StopReason)
        /// The attempt has ended, its lease is held on until the report was heard.
        case keepForReport(AttemptID)
        case report(call: Int, ReportRequest)
        /// Send a result ahead of its report.
        case upload(Outbox.Upload)
        /// Heartbeat this lease no more.
        case drop(AttemptID)
        case schedule(Timer, after: Duration)
        /// What the readiness probe is to say.
        case ready(Bool)
        case warn(String)
        /// Everything is done: leave.
        case finish
    }
}

/// Why a call brought no answer, as far as it matters for what to do next.
struct CallFailure: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// The agent is to register again.
        case agentUnknown
        /// A newer lease call has ended this one.
        case superseded
        /// The same call will be refused again.
        case definite
        /// Another try may succeed.
        case transient
    }

    var kind: Kind
    var code: String
    var message: String
    var retryAfter: Duration?

    init(_ kind: Kind, code: String = "UNAVAILABLE", message: String, retryAfter: Duration? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    init(_ error: any Error) {
        guard let error = error as? GatewayError else {
            self.init(.transient, message: "\(error)")
            return
        }
        let kind: Kind =
            switch error.problem?.code {
            case .agentUnknown?: .agentUnknown
            case .superseded?: .superseded
            // Only what the call itself carries is wrong for ever. Tokens rotate, catalogues change, gateways restart.
            case .some where [400, 409, 413, 422].contains(error.problem?.status) && !error.isRetryable: .definite
            default: .transient
            }
        self.init(
            kind, code: error.problem?.code.rawValue ?? error.code.rawValue, message: error.message,
            retryAfter: error.retryAfterMs.map { .milliseconds($0) })
    }
}
