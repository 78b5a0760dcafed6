package import Logging
import Synchronization
package import TaskQueue

/// The task store in one Redis, for any number of gateways and operators at once.
///
/// # Flow
///
/// Each call is one Lua script, so that calls have the effect of one after the other whichever gateway they come through; calls that
/// are made together travel in one write and one read (see `RedisLink`). The machine is told again in Lua (`Lua.machine`) rather than run
/// here with a compare-and-set: gateways that lease all want the head of the same queue, and would go on losing to each other where a
/// script just takes the next ones. What keeps both tellings the same is the conformance suite's random traces. Randomness is passed in;
/// time is the server's, or a clock's that is passed in, and never falls, whoever asks.
///
/// # Guarantees
///
/// A script is all or nothing: Redis refuses one that writes before it starts (`OOM`, `MISCONF`, `READONLY`), and its append-only file
/// holds it whole or not at all. The feed is in commit order. What an answered call is worth depends on the server
/// (`RedisDurability`): with `appendfsync always` it is on the disk; otherwise the calls of the last moments before its machine went
/// down may be undone, the latest first and together. Then tasks that were submitted in these moments are gone, tasks that ended in them
/// run again, and for what remains everything holds that is promised at all, one accepted completion for each task among it.
///
/// After a server was started anew the feed's cursors jump beyond all that were given out, so that every reader is told that it has
/// missed something; leases get one full period. A lease that was forgotten is `lost` to its agent, and a report on it is refused: its
/// token is not known.
///
/// # Assumptions
///
/// Redis 7 with `maxmemory-policy noeviction`. A user with `+@read +@write +@scripting +info +publish +subscribe +pubsub|numsub +time
/// +client|setname +ping +quit +select`, keys `~das:{NAME}:*` and channels `&das:{NAME}:*` does; with `+config|get` the
/// store can say how durable answers are. A replica takes over with what it has got: `WAIT` is not used.
///
/// # Caveats
///
/// Everything is in memory: a task takes about 1 KiB beside its input and result until its retention has passed. Of a swarm's
/// outcomes and decisions the latest 1,000 are kept, as many as can be asked for.
package final class RedisTaskStore: TaskStore {
    package struct Options: Sendable {
        package var connectTimeout: Duration = .seconds(3)
        /// From sending a call to its answer; then its connection is given up.
        package var callTimeout: Duration = .seconds(5)

        package init() {}
    }

    /// Written into the store; one that is higher is refused.
    static let format = 1

    package let policy: QueuePolicy
    let location: RedisLocation
    let hints = ChangeHints()
    private let heard = Broadcast<String>(mostWaiting: StoreMessageLimits.waiting)
    private let link: RedisLink
    private let subscription: RedisSubscription
    private let session: RedisSession
    private let generator: Mutex<any RandomNumberGenerator & Sendable>

    /// Connects, checks the server and gives live leases one full period where nobody else had the store open.
    /// - Parameters:
    ///   - clock: for tests; by default the store's time is the server's.
    ///   - generator: lease tokens and agents' identifiers come from it.
    /// - Throws: `TaskStoreError`: `unavailable` where another attempt may do better, `cannotOpen` where not.
    package static func open(
        _ location: RedisLocation, clock: (any StoreClock)? = nil, policy: QueuePolicy = QueuePolicy(),
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(), options: Options = Options(),
        logger: Logger = Logger(label: "das.store")
    ) async throws -> RedisTaskStore {
        let store = try RedisTaskStore(location, clock, policy, generator, options, logger)
        do {
            try await store.link.connected()
        } catch {
            await store.close()
            throw error
        }
        await store.subscription.listening()
        return store
    }

    private init(
        _ location: RedisLocation, _ clock: (any StoreClock)?, _ policy: QueuePolicy,
        _ generator: any RandomNumberGenerator & Sendable, _ options: Options, _ logger: Logger
    ) throws(TaskStoreError) {
        self.location = location
        self.policy = policy
        var limits = RedisLink.Limits()
        limits.connect = options.connectTimeout
        limits.command = options.callTimeout
        session = RedisSession(
            location, policy: policy, timeline: StoreTimeline(clock: clock),
            limits: limits, logger: logger)
        self.generator = Mutex(generator)
        subscription = try RedisSubscription(location, limits: limits) { [hints, session] cursor in
            if let cursor { session.note(cursor: cursor) }
            hints.tell()
        } onMessage: { [heard] text in
            heard.tell(text)
        }
        link = try RedisLink(location, limits: limits, prepare: session.prepare) {
            [hints, subscription, session] error in
            session.report(error)
            // Who follows the feed is to find out, one way or the other.
            hints.tell()
            // Only now: attaching counts those who listen already.
            if error == nil { subscription.connect() }
        }
    }

    package var blobs: any BlobStore { RedisBlobs(store: self) }

    package var messages: any StoreMessages {
        RedisMessages(link: link, channel: location.messageChannel, heard: heard)
    }

    package func now() -> StoreTime { session.timeline.now() }

    /// How the server keeps what it has answered, as it said on the latest connection.
    package var durability: RedisDurability { session.durability }

    /// Finishes what was asked for. Later calls throw `closed`.
    package func close() async {
        await link.close()
        await subscription.close()
        hints.close()
        heard.close()
    }

    func token() -> LeaseToken { generator.withLock { LeaseToken(using: &$0) } }
    func bits() -> UInt64 { generator.withLock { $0.next() } }
    func note(_ time: StoreTime) { session.timeline.note(time) }
    func note(cursor: Int64) { session.note(cursor: cursor) }
}

// MARK: - Calls

extension RedisTaskStore {
    /// Runs a script.
    func run(_ script: RedisScript, _ arguments: [[UInt8]] = []) async throws -> RedisReply {
        if let name = session.names[script] {
            let reply = try await link.send(command("EVALSHA", name, arguments))
            guard case .error(let text) = reply else { return reply }
            guard text.hasPrefix("NOSCRIPT") else { throw refusal(text) }
        }
        // Redis has forgotten its scripts, or was not told them yet: nothing was done.
        let reply = try await link.send(command("EVAL", script.text, arguments))
        if case .error(let text) = reply { throw refusal(text) }
        return reply
    }

    private func refusal(_ text: String) -> TaskStoreError {
        let failure = RedisFailure.refused(text)
        if failure.endsConnection { link.reconnect() }
        return failure.storeError(location)
    }

    private func command(_ kind: String, _ script: String, _ arguments: [[UInt8]]) -> RedisCommand {
        var command = RedisCommand(
            count: 5 + arguments.count, capacity: arguments.reduce(script.utf8.count + 128) { $0 + $1.count })
        command.add(kind)
        command.add(script)
        command.add("1")
        command.add(location.prefix)
        command.add(session.context)
        for argument in arguments { command.add(argument) }
        return command
    }
}
