import StructuredData
import TaskQueue

/// How the entries of ledger and feed lie in Redis: lists, as the scripts write them.
enum LedgerCodec {
    static func attempt(_ bytes: [UInt8]) throws(TaskStoreError) -> AttemptRecord {
        var fields = try PackFields(bytes)
        return AttemptRecord(
            task: TaskID(try fields.text()), number: Int(clamping: try fields.integer()), epoch: try fields.integer(),
            agent: AgentID(try fields.text()), agentName: try fields.text(), started: try fields.time(),
            ended: try fields.time(), end: try word(try fields.text()), failure: try failure(&fields))
    }

    static func outcome(_ bytes: [UInt8]) throws(TaskStoreError) -> OutcomeRecord {
        var fields = try PackFields(bytes)
        return OutcomeRecord(
            task: TaskID(try fields.text()), namespace: try fields.text(), swarm: try fields.text(),
            type: try fields.text(), state: try RecordCodec.state(try fields.text()),
            attempts: Int(clamping: try fields.integer()), waitMs: try fields.optionalInteger(),
            runMs: try fields.optionalInteger(), inputBytes: Int(clamping: try fields.integer()),
            resultBytes: try fields.optionalInteger().map(Int.init(clamping:)),
            failureCode: try fields.optionalText(), ended: try fields.time())
    }

    static func change(_ cursor: Int64, _ bytes: [UInt8]) throws(TaskStoreError) -> Change {
        var fields = try PackFields(bytes)
        var change = Change(
            cursor: cursor, time: try fields.time(), kind: try word(try fields.text()),
            namespace: try fields.text(), swarm: try fields.text(),
            task: try fields.optionalText().map(TaskID.init(_:)), object: try fields.optionalText(),
            state: try state(try fields.optionalText()), agent: try fields.optionalText().map(AgentID.init(_:)))
        // Entries of earlier releases end here.
        if !fields.isEmpty, let type = try fields.optionalText() {
            change.work = Change.WorkKind(type: type, inputBytes: Int(clamping: try fields.integer()))
        }
        return change
    }

    static func decision(_ bytes: [UInt8]) throws -> DecisionRecord {
        var fields = try PackFields(bytes)
        return DecisionRecord(
            namespace: try fields.text(), swarm: try fields.text(), time: try fields.time(),
            from: Int(clamping: try fields.integer()), to: Int(clamping: try fields.integer()),
            reason: try fields.text(), inputs: try JSON.parse(try fields.next().data()))
    }

    static func bytes(_ decision: DecisionRecord) -> [UInt8] {
        var writer = PackWriter()
        writer.array(7)
        writer.text(decision.namespace)
        writer.text(decision.swarm)
        writer.integer(decision.time.milliseconds)
        writer.integer(Int64(decision.from))
        writer.integer(Int64(decision.to))
        writer.text(decision.reason)
        writer.data(decision.inputs.serialized())
        return writer.bytes
    }

    static func failureGroup(_ bytes: [UInt8], namespace: String) throws(TaskStoreError) -> FailureGroup {
        var fields = try PackFields(bytes)
        return FailureGroup(
            namespace: namespace, swarm: try fields.text(),
            fingerprint: FailureFingerprint(code: try fields.text(), pattern: try fields.text()),
            count: Int(clamping: try fields.integer()), first: try fields.time(), last: try fields.time(),
            examples: try fields.next().texts().map(TaskID.init(_:)))
    }

    private static func failure(_ fields: inout PackFields) throws(TaskStoreError) -> Failure? {
        let code = try fields.optionalText()
        let message = try fields.optionalText()
        return code.map { Failure(code: $0, message: message ?? "") }
    }

    private static func state(_ letter: String?) throws(TaskStoreError) -> TaskState? {
        guard let letter else { return nil }
        return try RecordCodec.state(letter)
    }

    private static func word<Word: RawRepresentable>(_ text: String) throws(TaskStoreError) -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: text) else { throw PackReader.damaged }
        return word
    }
}
