import StructuredData
import TaskProtocol
import TaskQueue

/// Turns a submission of the HTTP API into one of the queue, or says what is wrong with it.
struct SubmissionCheck {
    static let maxKeyBytes = 253
    static let maxLabels = 64
    /// A hundred years: times beyond are slips, and would overflow.
    static let longestMs: Int64 = 100 * 366 * 86_400_000

    let core: GatewayCore
    let catalogue: Catalogue
    let namespace: String
    let submitter: String

    init(core: GatewayCore, namespace: String, submitter: String) {
        self.core = core
        catalogue = core.catalogue
        self.namespace = namespace
        self.submitter = submitter
    }

    static func newID(at now: StoreTime) -> TaskID {
        var generator = SystemRandomNumberGenerator()
        return TaskID.make(at: now, using: &generator)
    }

    /// - Parameter base: the JSON pointer of `task` in the request's body.
    func submission(of task: TaskSubmission, at base: String) throws -> Submission {
        let input = task.input ?? [:]
        guard input.objectValue != nil else {
            throw Problems.invalid("input must be an object, found \(input.typeName)", pointer: base + "/input")
        }
        try check(task.runAfterMs, "runAfterMs", from: 0, base)
        try check(task.deadlineMs, "deadlineMs", from: 1, base)
        try check(task.timeoutMs, "timeoutMs", from: 1, base)
        try check(task.retry?.backoffMs, "retry/backoffMs", from: 0, base)
        try check(task.retry?.maxBackoffMs, "retry/maxBackoffMs", from: 0, base)
        if let limit = task.retry?.limit, !(0..<RetryPolicy.maxAttempts).contains(limit) {
            throw Problems.invalid(
                "retry.limit must be 0 to \(RetryPolicy.maxAttempts - 1), found \(limit)",
                pointer: base + "/retry/limit")
        }
        try check(task.retry?.retryOn, "retryOn", base)
        try check(task.retry?.giveUpOn, "giveUpOn", base)
        if let priority = task.priority, priority.magnitude > QueuePolicy.maxPriority.magnitude {
            throw Problems.invalid(
                "priority must be -\(QueuePolicy.maxPriority) to \(QueuePolicy.maxPriority), found \(priority)",
                pointer: base + "/priority")
        }
        for (name, key) in [
            ("type", task.type), ("dedupKey", task.dedupKey), ("concurrencyKey", task.concurrencyKey),
            ("fairnessKey", task.fairnessKey), ("traceparent", task.traceparent),
        ] {
            guard let key, key.isEmpty || key.utf8.count > Self.maxKeyBytes else { continue }
            throw Problems.invalid("\(name) must have 1 to \(Self.maxKeyBytes) bytes", pointer: "\(base)/\(name)")
        }
        let labels = task.labels ?? [:]
        if labels.count > Self.maxLabels
            || labels.contains(where: { $0.key.utf8.count > Self.maxKeyBytes || $0.value.utf8.count > Self.maxKeyBytes }
            )
        {
            throw Problems.invalid(
                "labels must be at most \(Self.maxLabels), of at most \(Self.maxKeyBytes) bytes each",
                pointer: base + "/labels")
        }
        let draft = TaskDraft(
            namespace: namespace, type: task.type, swarm: task.swarm, input: input, timeoutMs: task.timeoutMs,
            retry: task.retry.map {
                RetryDraft(
                    limit: $0.limit, backoffSeconds: $0.backoffMs.map { Double($0) / 1000 },
                    maxBackoffSeconds: $0.maxBackoffMs.map { Double($0) / 1000 }, retryOn: $0.retryOn,
                    giveUpOn: $0.giveUpOn)
            })
        let admission = try core.admit(draft, catalogue, at: base)
        return Submission(
            id: Self.newID(at: core.store.now()), namespace: namespace, type: task.type, swarm: admission.swarm,
            isPinned: admission.isPinned, origin: .http(submitter: submitter), input: input.serialized(),
            priority: task.priority ?? 0, delayMs: task.runAfterMs ?? 0, deadlineMs: task.deadlineMs,
            timeoutMs: admission.timeoutMs, retry: admission.retry, dedupKey: task.dedupKey,
            concurrencyKey: task.concurrencyKey, fairnessKey: task.fairnessKey, traceparent: task.traceparent,
            labels: labels)
    }

    private func check(_ codes: [String]?, _ name: String, _ base: String) throws {
        guard let codes, codes.count > FailureCodes.maxPatterns || !codes.allSatisfy(FailureCodes.isPattern) else {
            return
        }
        throw Problems.invalid(
            "retry.\(name) must be at most \(FailureCodes.maxPatterns) codes of 1 to \(FailureCodes.maxPatternBytes) letters, digits, _, - "
                + "and ., or beginnings of codes with * after them", pointer: "\(base)/retry/\(name)")
    }

    private func check(_ value: Int64?, _ name: String, from lowest: Int64, _ base: String) throws {
        guard let value, !(lowest...Self.longestMs).contains(value) else { return }
        throw Problems.invalid(
            "\(name) must be \(lowest) to \(Self.longestMs) milliseconds, found \(value)", pointer: "\(base)/\(name)")
    }
}
