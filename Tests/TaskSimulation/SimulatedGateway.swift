import TaskProtocol
import TaskQueue
import TaskStoreTesting

@testable import AgentRuntime

/// A gateway as far as the queue sees one: it follows the feed, keeps polls waiting and runs the reaper. It keeps nothing of
/// its own over a restart.
final class SimulatedGateway {
    typealias Offer = Reply<LeaseOffer?>

    private static let retryMs: Int64 = 1_000
    private static let longestSleepMs: Int64 = 30_000

    private struct Poll {
        var number: Int
        var call: LeaseCall
        var respond: (Offer) -> Void
    }

    let index: Int
    private(set) var life = 0
    private(set) var isUp = false
    private(set) var upSince: Int64 = 0
    private unowned let world: Simulation
    private var random: SeededGenerator
    /// In one call.
    private let mostReports: Int
    private var polls: [Poll] = []
    private var lastPoll = 0
    private var cursor: Int64?
    private var isHinted = false
    private var nextSweep: Int64 = .max

    init(_ index: Int, _ world: Simulation) {
        self.index = index
        self.world = world
        var random = world.random("gateway \(index)")
        mostReports = random.chance(30) ? Int.random(in: 1...3, using: &random) : ProtocolLimits.reportsPerCall
        self.random = random
    }

    func start() {
        life += 1
        isUp = true
        upSince = world.now
        polls = []
        cursor = nil
        isHinted = false
        nextSweep = .max
        world.note("gateway \(index) starts")
        hint()
        sweep(after: 0)
    }

    func crash() {
        guard isUp else { return }
        world.note("gateway \(index) ends")
        isUp = false
        let cut = polls
        polls = []
        // Whoever waited sees the connection break.
        for poll in cut { poll.respond(.failure(CallFailure(.transient, message: "connection reset"))) }
    }

    /// There may be something new in the feed.
    func hint() {
        guard isUp, !isHinted else { return }
        isHinted = true
        let slowest: Int64 = world.has(.delay) ? 500 : 5
        follow(after: Int64.random(in: 0...slowest, using: &random))
    }

    // MARK: Polls

    /// Answers with leases at once, or when there are some, or with nothing when the time is over.
    func poll(_ call: LeaseCall, waitMs: Int64, _ respond: @escaping (Offer) -> Void) async throws {
        for older in polls where older.call.agent == call.agent && older.call.request < call.request {
            older.respond(.failure(CallFailure(.superseded, code: "SUPERSEDED", message: "a newer request is there")))
        }
        polls.removeAll { $0.call.agent == call.agent && $0.call.request < call.request }
        lastPoll += 1
        let poll = Poll(number: lastPoll, call: call, respond: respond)
        if try await look(poll) || call.slots <= 0 || waitMs <= 0 {
            if call.slots <= 0 { respond(.success(nil)) }
            return
        }
        polls.append(poll)
        let life = life
        world.plan(after: waitMs) { [self] in
            guard self.life == life, let index = polls.firstIndex(where: { $0.number == poll.number }) else { return }
            polls.remove(at: index)
            poll.respond(.success(nil))
        }
    }

    /// Whether the poll got its answer.
    private func look(_ poll: Poll) async throws -> Bool {
        guard poll.call.slots > 0 else { return false }
        switch try await world.store.lease(poll.call) {
        case .answered(let offer):
            if offer.tasks.isEmpty, !offer.isDraining { return false }
            poll.respond(.success(offer))
        case .unknownAgent:
            poll.respond(.failure(CallFailure(.agentUnknown, code: "AGENT_UNKNOWN", message: "register again")))
        case .stale:
            poll.respond(.failure(CallFailure(.superseded, code: "SUPERSEDED", message: "a newer request was there")))
        }
        return true
    }

    // MARK: Reports

    /// Takes a batch, unless it has more reports than this gateway likes: it is refused as a whole then, as one with too large a
    /// body is.
    func report(
        _ agent: AgentID, _ reports: [AttemptReport], next: LeaseCall?
    ) async throws -> Reply<(outcomes: [ReportOutcome], next: LeaseVerdict?)> {
        if reports.count > mostReports {
            world.note("gateway \(index) refuses \(reports.count) reports at once")
            return .failure(CallFailure(.definite, code: "TOO_LARGE", message: "the body is too large"))
        }
        return .success(try await world.store.report(agent, reports, next: next))
    }

    // MARK: The feed

    private func follow(after delay: Int64) {
        let life = life
        world.plan(after: delay) { [self] in
            guard self.life == life, isUp else { return }
            isHinted = false
            do {
                try await readFeed()
                try await wakeReaper()
            } catch is StoreAway {
                guard !isHinted else { return }
                isHinted = true
                follow(after: Self.retryMs)
            }
        }
    }

    private func readFeed() async throws {
        let store = try world.store.peek()
        guard let last = cursor else {
            cursor = try await store.changeCursor()
            return try await lookForAll(upTo: .max)
        }
        let page = try await store.changes(after: last, limit: 1000)
        cursor = page.cursor
        var ready = 0
        for change in page.changes {
            switch change.kind {
            case .ready: ready += 1
            case .catalogue, .agentDrain, .agentGone: ready = .max / 2
            default: break
            }
        }
        if ready > 0 { try await lookForAll(upTo: ready) }
    }

    private func lookForAll(upTo count: Int) async throws {
        var left = count
        for poll in polls where left > 0 {
            left -= 1
            if try await look(poll) { polls.removeAll { $0.number == poll.number } }
        }
    }

    // MARK: The reaper

    private func wakeReaper() async throws {
        guard let due = try await world.store.peek().nextDue() else { return }
        // A thread that others keep from running, for one.
        sweep(after: max(due - world.time, 0) + Int64.random(in: 0...(world.has(.delay) ? 300 : 3), using: &random))
    }

    private func sweep(after delay: Int64) {
        let time = world.now + max(delay, 0)
        guard time < nextSweep else { return }
        nextSweep = time
        let life = life
        world.plan(after: delay) { [self] in
            guard self.life == life, isUp, nextSweep == time else { return }
            nextSweep = .max
            do {
                let next = try await world.store.reap().next
                let wait = next.map { max($0 - world.time, 1) } ?? Self.longestSleepMs
                sweep(after: min(wait, Self.longestSleepMs))
            } catch is StoreAway {
                sweep(after: Self.retryMs)
            }
        }
    }
}
