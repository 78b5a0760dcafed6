package import StructuredData

/// The catalogue's entries with their schemas compiled: decides which swarm takes a task, or why none does.
///
/// Pure, and the same for SwarmTasks and the HTTP API.
package struct Catalogue: Sendable {
    package struct Swarm: Sendable {
        package var entry: CatalogueEntry
        fileprivate var types: [String: TaskTypeEntry]
        fileprivate var inputSchemas: [String: CompiledSchema]
    }

    fileprivate enum CompiledSchema: Sendable {
        case schema(JSONSchema)
        case broken(String)
    }

    private var namespaces: [String: [String: Swarm]] = [:]

    package init(_ entries: [CatalogueEntry] = []) {
        for entry in entries { put(entry) }
    }

    package mutating func put(_ entry: CatalogueEntry) {
        var swarm = Swarm(entry: entry, types: [:], inputSchemas: [:])
        for type in entry.taskTypes {
            swarm.types[type.name] = type
            if let schema = type.inputSchema { swarm.inputSchemas[type.name] = Self.compile(schema) }
        }
        namespaces[entry.namespace, default: [:]][entry.swarm] = swarm
    }

    package mutating func remove(namespace: String, swarm: String) {
        namespaces[namespace]?[swarm] = nil
    }

    package func entry(namespace: String, swarm: String) -> CatalogueEntry? {
        namespaces[namespace]?[swarm]?.entry
    }

    package var entries: [CatalogueEntry] {
        namespaces.values.flatMap(\.values).map(\.entry).sorted {
            ($0.namespace, $0.swarm) < ($1.namespace, $1.swarm)
        }
    }

    /// The swarms of a namespace that take a type, by name.
    package func takers(of type: String, namespace: String) -> [String] {
        (namespaces[namespace] ?? [:]).values.filter { $0.entry.capabilities.contains(type) }.map(\.entry.swarm)
            .sorted()
    }

    private static func compile(_ schema: JSON) -> CompiledSchema {
        do { return .schema(try JSONSchema(schema)) } catch { return .broken("\(error)") }
    }
}

// MARK: - Admission

/// A task that asks to be admitted.
package struct TaskDraft: Sendable {
    package var namespace: String
    package var type: String
    /// The swarm asked for; `nil`: any that takes the type.
    package var swarm: String?
    package var input: JSON
    package var timeoutMs: Int64?
    package var retry: RetryDraft?

    package init(
        namespace: String, type: String, swarm: String? = nil, input: JSON, timeoutMs: Int64? = nil,
        retry: RetryDraft? = nil
    ) {
        self.namespace = namespace
        self.type = type
        self.swarm = swarm
        self.input = input
        self.timeoutMs = timeoutMs
        self.retry = retry
    }
}

/// What a submitter says of the retry policy; the rest comes from the task type.
package struct RetryDraft: Sendable, Hashable {
    package var limit: Int?
    package var backoffSeconds: Double?
    package var maxBackoffSeconds: Double?
    package var retryOn: FailureCodes?
    package var giveUpOn: FailureCodes?

    package init(
        limit: Int? = nil, backoffSeconds: Double? = nil, maxBackoffSeconds: Double? = nil, retryOn: [String]? = nil,
        giveUpOn: [String]? = nil
    ) {
        self.limit = limit
        self.backoffSeconds = backoffSeconds
        self.maxBackoffSeconds = maxBackoffSeconds
        self.retryOn = retryOn.map(FailureCodes.init)
        self.giveUpOn = giveUpOn.map(FailureCodes.init)
    }
}

/// The swarm that a task is bound to, and what the task takes from the swarm's definition of its type.
package struct Admission: Sendable, Hashable {
    package var swarm: String
    package var isPinned: Bool
    package var timeoutMs: Int64
    package var retry: RetryPolicy

    package init(swarm: String, isPinned: Bool, timeoutMs: Int64, retry: RetryPolicy) {
        self.swarm = swarm
        self.isPinned = isPinned
        self.timeoutMs = timeoutMs
        self.retry = retry
    }
}

/// Why no swarm takes a task.
package struct AdmissionRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, Hashable {
        /// The namespace has no swarm of the name asked for.
        case unknownSwarm = "UnknownSwarm"
        /// No swarm of the namespace, or not the one asked for, takes the type.
        case unknownType = "UnknownType"
        /// The input breaks the type's schema.
        case invalidInput = "InvalidInput"
        /// The type's schema itself is not usable.
        case brokenSchema = "BrokenSchema"
    }

    package var code: Code
    /// What is wrong, with the path where the input is, and which swarm was nearest.
    package var message: String
    /// The swarm that came nearest to taking it.
    package var nearest: String?
    /// Where the input is wrong.
    package var path: JSONPointer?

    package var description: String { message }
}

extension Catalogue {
    /// Finds the swarm for a task: the one it is pinned to, or the least loaded of those that take its type and whose schema
    /// accepts its input; suspended ones only where there is no other.
    /// - Parameter load: how many tasks wait for or run in a swarm.
    package func admit(
        _ draft: TaskDraft, policy: QueuePolicy = QueuePolicy(), load: (String) -> Int = { _ in 0 }
    ) throws(AdmissionRefusal) -> Admission {
        let swarms = namespaces[draft.namespace] ?? [:]
        if let name = draft.swarm {
            guard let swarm = swarms[name] else {
                throw AdmissionRefusal(
                    code: .unknownSwarm,
                    message: "namespace \(draft.namespace) has no swarm \(name)\(Self.list("; it has", swarms.keys))")
            }
            guard swarm.entry.capabilities.contains(draft.type) else {
                throw AdmissionRefusal(
                    code: .unknownType,
                    message: "swarm \(name) does not take task type \(draft.type)"
                        + Self.list("; it takes", swarm.entry.capabilities), nearest: name)
            }
            if let misfit = swarm.misfit(of: draft) { throw misfit.refusal }
            return swarm.admission(of: draft, isPinned: true, policy)
        }
        let takers = swarms.values.filter { $0.entry.capabilities.contains(draft.type) }
            .sorted { $0.entry.swarm < $1.entry.swarm }
        if takers.isEmpty {
            let types = Set(swarms.values.flatMap(\.entry.capabilities))
            throw AdmissionRefusal(
                code: .unknownType,
                message: "no swarm in namespace \(draft.namespace) takes task type \(draft.type)"
                    + (swarms.isEmpty
                        ? "; the namespace has no swarms" : Self.list("; the types taken are", types)))
        }
        var accepting: [Swarm] = []
        var misfits: [(refusal: AdmissionRefusal, count: Int)] = []
        for swarm in takers {
            if let misfit = swarm.misfit(of: draft) { misfits.append(misfit) } else { accepting.append(swarm) }
        }
        let ranked = accepting.map { swarm in
            let share = Double(load(swarm.entry.swarm) + 1) / Double(max(swarm.entry.weight, 1))
            return (swarm: swarm, order: (swarm.entry.isSuspended ? 1 : 0, share, swarm.entry.swarm))
        }
        guard let best = ranked.min(by: { $0.order < $1.order })?.swarm else {
            throw Self.nearest(misfits)
        }
        return best.admission(of: draft, isPinned: false, policy)
    }

    /// The refusal of the swarm whose schema the input breaks least, which tells the others' number.
    private static func nearest(_ misfits: [(refusal: AdmissionRefusal, count: Int)]) -> AdmissionRefusal {
        var nearest = misfits.reduce(misfits[0]) { $1.count < $0.count ? $1 : $0 }.refusal
        if misfits.count > 1 { nearest.message += "; of \(misfits.count) swarms that take the type it comes nearest" }
        return nearest
    }

    private static func list(_ introduction: String, _ names: some Collection<String>) -> String {
        if names.isEmpty { return "" }
        let shown = names.sorted().prefix(10)
        let more = names.count > shown.count ? ", …" : ""
        return "\(introduction) \(shown.joined(separator: ", "))\(more)"
    }

    fileprivate static func describe(_ violation: JSONSchema.Violation, in root: String) -> String {
        "\(root)\(violation.path.description): \(violation.message)"
    }
}

extension Catalogue.Swarm {
    /// Why the swarm does not take a task of its type, and in how many ways the task is wrong.
    fileprivate func misfit(of draft: TaskDraft) -> (refusal: AdmissionRefusal, count: Int)? {
        switch inputSchemas[draft.type] {
        case nil: return nil
        case .broken(let problem)?:
            let refusal = AdmissionRefusal(
                code: .brokenSchema,
                message: "swarm \(entry.swarm) cannot check task type \(draft.type): its inputSchema is not usable: "
                    + problem, nearest: entry.swarm)
            // A swarm that may be mended takes what no other does.
            return (refusal, 0)
        case .schema(let schema)?:
            let violations = schema.validate(draft.input)
            guard let violation = violations.first else { return nil }
            let refusal = AdmissionRefusal(
                code: .invalidInput,
                message: Catalogue.describe(violation, in: "input")
                    + " (task type \(draft.type) of swarm \(entry.swarm))",
                nearest: entry.swarm, path: violation.path)
            return (refusal, violations.count)
        }
    }

    fileprivate func admission(of draft: TaskDraft, isPinned: Bool, _ policy: QueuePolicy) -> Admission {
        let type = types[draft.type]
        var retry = type?.retry ?? RetryPolicy()
        if let limit = draft.retry?.limit { retry.limit = limit }
        if let seconds = draft.retry?.backoffSeconds { retry.backoffSeconds = seconds }
        if let seconds = draft.retry?.maxBackoffSeconds { retry.maxBackoffSeconds = seconds }
        if let codes = draft.retry?.retryOn { retry.retryOn = codes }
        if let codes = draft.retry?.giveUpOn { retry.giveUpOn = codes }
        return Admission(
            swarm: entry.swarm, isPinned: isPinned,
            timeoutMs: draft.timeoutMs ?? type?.timeoutMs ?? policy.defaultTimeoutMs, retry: retry)
    }
}
