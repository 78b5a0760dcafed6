import TaskQueue

/// How a `TaskRecord` lies in Redis: a map of what there is, under keys that the scripts use.
enum RecordCodec {
    /// In the order of `TaskRecord`.
    enum Field: Int, CaseIterable {
        case id, ns, type, swarm, pin, obj, sub, prio, made, dead, tmo
        /// Retry: limit, backoff, longest backoff, what is tried again, what is given up.
        case rl, rb, rm, ro, rg
        case dedup, ckey, fkey, trace, labels
        /// Bytes of the input; the task repeated; the task whose result was adopted.
        case inb, again, from
        case st, holds, ready, att, rel, cont, ep, tok
        /// The latest lease: agent, since, expiry, time-out, acknowledged, request.
        case lag, lsi, lex, lto, lack, lreq
        /// The last report: epoch, token, digest.
        case re, rt, rd
        /// Cancellation: requested, forced, reason.
        case cq, cf, cr
        /// Progress: done, total, message.
        case pd, pt, pm
        case first, agent, fin
        /// Failure: code, message.
        case fc, fm
        /// Bytes of the result.
        case out
        /// Where a large result lies: task and epoch of the lease that wrote it, and its SHA-256.
        case bt, be, bs
        /// The place in the order of submission; whether there is a checkpoint; how many bytes of output were written.
        case seq, ck, wrote

        fileprivate var key: UInt64 { Self.key("\(self)".utf8) }

        fileprivate static func key(_ name: some Sequence<UInt8>) -> UInt64 {
            name.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    private static let fields: [UInt64: Field] = Dictionary(
        uniqueKeysWithValues: Field.allCases.map { ($0.key, $0) })

    private static let states: [(TaskState, Character)] = [
        (.delayed, "d"), (.held, "h"), (.ready, "r"), (.leased, "l"), (.succeeded, "s"), (.failed, "f"),
        (.cancelled, "c"),
    ]

    static func letter(of state: TaskState) -> String {
        states.first { $0.0 == state }.map { String($0.1) } ?? ""
    }

    static func state(_ letter: String) throws(TaskStoreError) -> TaskState {
        guard let state = states.first(where: { String($0.1) == letter })?.0 else { throw PackReader.damaged }
        return state
    }
}

// MARK: - Reading

extension RecordCodec {
    private struct Values {
        private var values = [PackValue](repeating: .none, count: Field.allCases.count)

        init(_ bytes: [UInt8]) throws(TaskStoreError) {
            var reader = PackReader(bytes)
            for _ in 0..<(try reader.members()) {
                let key = Field.key(try reader.value().data())
                let value = try reader.value()
                // Of another release, maybe.
                if let field = fields[key] { values[field.rawValue] = value }
            }
        }

        subscript(_ field: Field) -> PackValue { values[field.rawValue] }

        func text(_ field: Field) throws(TaskStoreError) -> String { try self[field].text() }
        func optionalText(_ field: Field) throws(TaskStoreError) -> String? { try self[field].optionalText() }
        func integer(_ field: Field) throws(TaskStoreError) -> Int64 { try self[field].integer() }
        func int(_ field: Field) throws(TaskStoreError) -> Int { Int(clamping: try integer(field)) }
        func optional(_ field: Field) throws(TaskStoreError) -> Int64? { try self[field].optionalInteger() }
        func time(_ field: Field) throws(TaskStoreError) -> StoreTime {
            StoreTime(milliseconds: try integer(field))
        }
        func optionalTime(_ field: Field) throws(TaskStoreError) -> StoreTime? {
            try optional(field).map { StoreTime(milliseconds: $0) }
        }
        func bool(_ field: Field) -> Bool { !self[field].isNone }
        func token(_ field: Field) throws(TaskStoreError) -> LeaseToken? {
            self[field].isNone ? nil : try LeaseToken(bytes: self[field].data())
        }
    }

    static func record(_ bytes: [UInt8]) throws(TaskStoreError) -> TaskRecord {
        let values = try Values(bytes)
        let object = try values.optionalText(.obj)
        let submitter = try values.optionalText(.sub)
        return TaskRecord(
            id: TaskID(try values.text(.id)), namespace: try values.text(.ns), type: try values.text(.type),
            swarm: try values.text(.swarm), isPinned: values.bool(.pin),
            origin: object.map { .object(name: $0) } ?? .http(submitter: submitter ?? ""),
            priority: try values.int(.prio), created: try values.time(.made),
            deadline: try values.optionalTime(.dead), timeoutMs: try values.integer(.tmo),
            retry: RetryPolicy(
                limit: try values.int(.rl), backoffSeconds: try values[.rb].double(),
                maxBackoffSeconds: try values[.rm].double(),
                retryOn: FailureCodes(text: try values.optionalText(.ro)),
                giveUpOn: FailureCodes(text: try values.optionalText(.rg))),
            dedupKey: try values.optionalText(.dedup), concurrencyKey: try values.optionalText(.ckey),
            fairnessKey: try values.text(.fkey), traceparent: try values.optionalText(.trace),
            labels: try labels(values[.labels]), inputBytes: try values.int(.inb),
            retryOf: try values.optionalText(.again).map(TaskID.init(_:)),
            adoptedFrom: try values.optionalText(.from).map(TaskID.init(_:)), state: try state(values.text(.st)),
            holds: HoldReasons(rawValue: try values.int(.holds)), readyAt: try values.time(.ready),
            attempts: try values.int(.att), releases: try values.int(.rel), continuesReleased: values.bool(.cont),
            epoch: try values.integer(.ep), token: try values.token(.tok), lastLease: try lease(values),
            lastReport: try report(values), cancellation: try cancellation(values), progress: try progress(values),
            firstLeased: try values.optionalTime(.first), agent: try values.optionalText(.agent),
            ended: try values.optionalTime(.fin), failure: try failure(values),
            resultBytes: try values.optional(.out).map(Int.init(clamping:)), resultBlob: try blob(values))
    }

    private static func lease(_ values: Values) throws(TaskStoreError) -> Lease? {
        guard let agent = try values.optionalText(.lag) else { return nil }
        return Lease(
            agent: AgentID(agent), since: try values.time(.lsi), expiry: try values.time(.lex),
            timeoutAt: try values.time(.lto), isAcknowledged: values.bool(.lack), request: try values.integer(.lreq))
    }

    private static func report(_ values: Values) throws(TaskStoreError) -> ReportMark? {
        guard let token = try values.token(.rt) else { return nil }
        return ReportMark(
            key: LeaseKey(epoch: try values.integer(.re), token: token),
            digest: try ReportDigest(bytes: values[.rd].data()))
    }

    private static func cancellation(_ values: Values) throws(TaskStoreError) -> CancellationMark? {
        guard let requested = try values.optionalTime(.cq) else { return nil }
        return CancellationMark(
            requested: requested, forcedAt: try values.optionalTime(.cf), reason: try values.text(.cr))
    }

    private static func progress(_ values: Values) throws(TaskStoreError) -> Progress? {
        guard let done = try values.optional(.pd) else { return nil }
        return Progress(done: done, total: try values.optional(.pt), message: try values.optionalText(.pm))
    }

    private static func failure(_ values: Values) throws(TaskStoreError) -> Failure? {
        guard let code = try values.optionalText(.fc) else { return nil }
        return Failure(code: code, message: try values.text(.fm))
    }

    private static func blob(_ values: Values) throws(TaskStoreError) -> ResultBlob? {
        guard let task = try values.optionalText(.bt) else { return nil }
        return ResultBlob(
            id: BlobID(task: TaskID(task), epoch: try values.integer(.be)), sha256: try values.text(.bs))
    }

    private static func labels(_ value: PackValue) throws(TaskStoreError) -> [String: String] {
        guard case .array(let words) = value else { return [:] }
        var labels: [String: String] = [:]
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            labels[try words[index].text()] = try words[index + 1].text()
        }
        return labels
    }
}

// MARK: - Writing

extension RecordCodec {
    /// What a submission fixes, with what the script needs to make the rest.
    static func draft(_ submission: Submission) -> [UInt8] {
        var writer = PackWriter()
        writer.array(4)
        let members = members(of: submission)
        writer.map(members.count)
        for (field, write) in members {
            writer.text("\(field)")
            write(&writer)
        }
        writer.integer(submission.delayMs)
        writer.optional(submission.deadlineMs)
        writer.bool(submission.isSuspended)
        return writer.bytes
    }

    private typealias Write = (inout PackWriter) -> Void

    private static func members(of submission: Submission) -> [(Field, Write)] {
        var members: [(Field, Write)] = []
        func add(_ field: Field, _ text: String?) {
            if let text { members.append((field, { $0.text(text) })) }
        }
        func add(_ field: Field, _ number: Int64) { members.append((field, { $0.integer(number) })) }
        func add(_ field: Field, _ number: Double) { members.append((field, { $0.double(number) })) }
        add(.id, submission.id.text)
        add(.ns, submission.namespace)
        add(.type, submission.type)
        add(.swarm, submission.swarm)
        if submission.isPinned { members.append((.pin, { $0.bool(true) })) }
        switch submission.origin {
        case .object(let name): add(.obj, name)
        case .http(let submitter): add(.sub, submitter)
        }
        add(.prio, Int64(submission.priority))
        add(.tmo, max(submission.timeoutMs, 1))
        add(.rl, Int64(submission.retry.limit))
        add(.rb, submission.retry.backoffSeconds)
        add(.rm, submission.retry.maxBackoffSeconds)
        add(.ro, submission.retry.retryOn.text)
        add(.rg, submission.retry.giveUpOn.text)
        add(.dedup, submission.dedupKey)
        add(.ckey, submission.concurrencyKey)
        add(.fkey, submission.fairnessKey)
        add(.trace, submission.traceparent)
        if !submission.labels.isEmpty {
            let words = submission.labels.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
            members.append(
                (
                    .labels,
                    { writer in
                        writer.array(words.count)
                        for word in words { writer.text(word) }
                    }
                ))
        }
        add(.inb, Int64(submission.input.count))
        add(.again, submission.retryOf?.text)
        return members
    }
}

extension LeaseToken {
    /// As stored: 16 bytes, big-endian.
    var bytes: [UInt8] { high.bigEndianBytes + low.bigEndianBytes }

    init(bytes: [UInt8]) throws(TaskStoreError) {
        guard bytes.count == 16 else { throw PackReader.damaged }
        self.init(high: UInt64(bigEndianBytes: bytes[..<8]), low: UInt64(bigEndianBytes: bytes[8...]))
    }
}

extension ReportDigest {
    var bytes: [UInt8] { bits.bigEndianBytes }

    init(bytes: [UInt8]) throws(TaskStoreError) {
        guard bytes.count == 8 else { throw PackReader.damaged }
        self.init(bits: UInt64(bigEndianBytes: bytes[...]))
    }
}

extension UInt64 {
    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { [UInt8]($0) } }

    fileprivate init(bigEndianBytes bytes: ArraySlice<UInt8>) { self = bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
