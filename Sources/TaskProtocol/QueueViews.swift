/// Why a task waits: part of `GET …/tasks/{id}`.
package struct WaitingView: Codable, Sendable, Hashable {
    /// `Delayed`, `Backoff`, `Suspended`, `ConcurrencyLimit`, `RateLimit`, `KeyStopped`, `SwarmUnknown`, `SwarmSuspended`,
    /// `TypeNotTaken`, `NoAgents`, `AgentsDraining`, `AgentsLackType`, `AgentsBusy`, `NextInOrder`.
    package var reason: String
    package var message: String
    /// RFC 3339; present where time alone ends the wait.
    package var until: String?
    /// Tasks of the same submitter before it; 1000 stands for more.
    package var ahead: Int?
    /// Other submitters with ready tasks, who take turns with its own; 1000 stands for more.
    package var otherSubmitters: Int?

    package init(
        reason: String, message: String, until: String? = nil, ahead: Int? = nil, otherSubmitters: Int? = nil
    ) {
        self.reason = reason
        self.message = message
        self.until = until
        self.ahead = ahead
        self.otherSubmitters = otherSubmitters
    }
}

/// Tasks that failed for good in the same way: an element of `GET /v1/namespaces/{ns}/failures`.
package struct FailureGroupView: Codable, Sendable, Hashable {
    package var swarm: String
    /// A short name of code and pattern.
    package var fingerprint: String
    package var code: String
    /// The message's first line, with `#` for words with digits.
    package var pattern: String
    package var count: Int
    package var firstTime: String
    package var lastTime: String
    /// The latest tasks' ids, newest first.
    package var examples: [String]

    package init(
        swarm: String, fingerprint: String, code: String, pattern: String, count: Int, firstTime: String,
        lastTime: String, examples: [String]
    ) {
        self.swarm = swarm
        self.fingerprint = fingerprint
        self.code = code
        self.pattern = pattern
        self.count = count
        self.firstTime = firstTime
        self.lastTime = lastTime
        self.examples = examples
    }
}

/// The answer to `GET /v1/namespaces/{ns}/failures?swarm=&limit=`: the most frequent first.
package struct FailureGroupList: Codable, Sendable, Hashable {
    package var failures: [FailureGroupView]

    package init(failures: [FailureGroupView]) { self.failures = failures }
}
