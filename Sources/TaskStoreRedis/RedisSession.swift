import Logging
import Synchronization
import TaskQueue

/// What is done on each new connection, and what is known from it: the server's facts, the scripts' names, the store's time.
final class RedisSession: Sendable {
    private struct State {
        var durability = RedisDurability.unknown
        /// The highest number of the feed that was seen here.
        var cursor: Int64 = 0
        var isDown = false
        var hasToldDurability: RedisDurability?
    }

    let timeline: StoreTimeline
    let names = ScriptNames()
    private let location: RedisLocation
    private let policy: QueuePolicy
    private let limits: RedisLink.Limits
    private let logger: Logger
    private let state = Mutex(State())

    init(
        _ location: RedisLocation, policy: QueuePolicy, timeline: StoreTimeline, limits: RedisLink.Limits,
        logger: Logger
    ) {
        self.location = location
        self.policy = policy
        self.timeline = timeline
        self.limits = limits
        self.logger = logger
    }

    var durability: RedisDurability { state.withLock { $0.durability } }

    func note(cursor: Int64) { state.withLock { $0.cursor = max($0.cursor, cursor) } }

    /// The first argument of every script.
    var context: [UInt8] {
        var writer = PackWriter()
        writer.array(6)
        writer.optional(timeline.clock?.now().milliseconds)
        writer.integer(policy.leaseMs)
        writer.integer(policy.acknowledgeMs)
        writer.integer(policy.timeoutGraceMs)
        writer.integer(policy.heartbeatMs)
        writer.integer(Int64(policy.maxLiveTasks))
        return writer.bytes
    }

    /// Checks the server and attaches to the store in it.
    /// - Throws: `RedisFailure`, `TaskStoreError`.
    @Sendable func prepare(_ connection: inout HiredisConnection) throws {
        try Greeting(location).introduce(&connection, within: limits.command)
        let facts = try ServerFacts(try connection.exchange(ServerFacts.questions, within: limits.command))
        try facts.check(location)
        try names.note(try connection.exchange(ScriptNames.loading, within: limits.command))
        let reply = try connection.exchange([attach()], within: limits.command)[0]
        if case .error(let text) = reply {
            if text.hasPrefix("NEWER") {
                throw TaskStoreError(
                    .cannotOpen,
                    "the task store at \(location) was written by a newer release; start that one, or choose another name"
                )
            }
            throw RedisFailure.refused(text)
        }
        let answers = try reply.elements(atLeast: 4)
        timeline.note(StoreTime(milliseconds: try answers[0].integer()))
        timeline.note(ahead: try answers[1].integer())
        note(cursor: try answers[2].integer())
        settle(facts, recovered: try answers[3].integer())
    }

    private func attach() -> RedisCommand {
        let arguments = [
            RedisScript.attach.text, "1", location.prefix,
        ]
        var command = RedisCommand(count: 7, capacity: RedisScript.attach.text.utf8.count + 256)
        command.add("EVAL")
        for argument in arguments { command.add(argument) }
        command.add(context)
        command.add(String(RedisTaskStore.format))
        command.add(String(state.withLock { $0.cursor }))
        return command
    }

    private func settle(_ facts: ServerFacts, recovered: Int64) {
        let durability = facts.durability
        let isNews = state.withLock { state in
            state.durability = durability
            defer { state.hasToldDurability = durability }
            return state.hasToldDurability != durability
        }
        if isNews {
            logger.log(
                level: durability.isWeak ? .warning : .notice,
                "the task store is Redis \(facts.version) at \(location); \(durability.promise)")
        }
        if recovered > 0 { logger.notice("\(recovered) live leases got a full period, since nobody could renew them") }
    }

    /// Logs that the connection was lost, once, or is there again.
    func report(_ error: TaskStoreError?) {
        let wasDown = state.withLock { state in
            defer { state.isDown = error != nil }
            return state.isDown
        }
        if let error, !wasDown { logger.warning("\(error.message)") }
        if error == nil, wasDown { logger.notice("the task store at \(location) is there again") }
    }
}
