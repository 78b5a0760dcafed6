import Synchronization

/// Who calls.
package enum Identity: Sendable, Hashable {
    /// An agent: a service account's projected token, bound to the pod where that is known.
    case agent(serviceAccount: String, namespace: String, podName: String?, podUID: String?)
    case user(name: String, groups: [String])

    /// For logs, and as the submitter of a task.
    package var name: String {
        switch self {
        case .agent(let account, let namespace, _, _): "system:serviceaccount:\(namespace):\(account)"
        case .user(let name, _): name
        }
    }
}

/// Tells the gateway who calls and what they may do. The program that runs the gateway supplies one.
package protocol Authenticator: Sendable {
    /// Whose token this is; `nil`: nobody's, or not valid any more.
    /// - Throws: where that cannot be found out now; the caller is asked to try again.
    func authenticate(bearer: String) async throws -> Identity?

    /// Whether the caller may do `verb` (`get`, `list`, `create`, `update`) to the SwarmTasks of a namespace.
    /// - Parameter bearer: the caller's own token, for an authenticator that asks with it.
    func authorize(_ identity: Identity, bearer: String, verb: String, namespace: String) async throws -> Bool
}

/// Remembers another authenticator's answers for a short time, so that a busy caller does not cost a review for each call.
package final class CachingAuthenticator: Authenticator {
    private struct Question: Hashable {
        var bearer: String
        /// `nil`: who is it.
        var verb: String?
        var namespace: String
    }

    private enum Answer {
        case identity(Identity?)
        case allowed(Bool)
    }

    private struct Entry {
        var answer: Answer
        var until: ContinuousClock.Instant
    }

    /// More answers than this are not kept.
    private static let maxEntries = 10_000

    private let base: any Authenticator
    private let lifetime: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let entries = Mutex<[Question: Entry]>([:])

    package init(
        _ base: any Authenticator, lifetime: Duration = .seconds(10),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.base = base
        self.lifetime = lifetime
        self.now = now
    }

    package func authenticate(bearer: String) async throws -> Identity? {
        let question = Question(bearer: bearer, verb: nil, namespace: "")
        if case .identity(let identity)? = known(question) { return identity }
        let identity = try await base.authenticate(bearer: bearer)
        remember(question, .identity(identity))
        return identity
    }

    package func authorize(
        _ identity: Identity, bearer: String, verb: String, namespace: String
    ) async throws -> Bool {
        let question = Question(bearer: bearer, verb: verb, namespace: namespace)
        if case .allowed(let isAllowed)? = known(question) { return isAllowed }
        let isAllowed = try await base.authorize(identity, bearer: bearer, verb: verb, namespace: namespace)
        remember(question, .allowed(isAllowed))
        return isAllowed
    }

    private func known(_ question: Question) -> Answer? {
        let now = now()
        return entries.withLock { entries in
            guard let entry = entries[question] else { return nil }
            if entry.until > now { return entry.answer }
            entries[question] = nil
            return nil
        }
    }

    private func remember(_ question: Question, _ answer: Answer) {
        let now = now()
        entries.withLock { entries in
            if entries.count >= Self.maxEntries { entries = entries.filter { $0.value.until > now } }
            if entries.count >= Self.maxEntries { entries.removeAll() }
            entries[question] = Entry(answer: answer, until: now + lifetime)
        }
    }
}
