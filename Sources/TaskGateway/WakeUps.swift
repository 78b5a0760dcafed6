import Logging
import StructuredData
import Synchronization
import TaskQueue

/// Wakes polls for tasks that are ready, and agrees with the other gateways of the store that each task wakes one poll of one gateway
/// (`WakeUpShare`).
final class WakeUps: Sendable {
    typealias SwarmKey = LeaseBroker.SwarmKey

    /// How often is looked whether the others are to be told something again.
    private static let pause = Duration.seconds(1)

    private let broker: LeaseBroker
    private let messages: any StoreMessages
    private let name: String
    private let logger: Logger
    private let share: Mutex<WakeUpShare>
    private let outbox: AsyncStream<WakeUpShare.Message>
    private let sender: AsyncStream<WakeUpShare.Message>.Continuation
    /// Wakes who looks after the tasks that are held.
    private let holding = Ticket(number: 0)

    init(broker: LeaseBroker, messages: any StoreMessages, name: String, patience: Duration, logger: Logger) {
        self.broker = broker
        self.messages = messages
        self.name = name
        self.logger = logger
        share = Mutex(WakeUpShare(name: name, patience: patience))
        (outbox, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(StoreMessageLimits.waiting))
    }

    /// A task of the swarm is ready: a poll is woken for it, here or by another gateway.
    func taskIsReady(_ task: TaskID, _ swarm: SwarmKey) {
        let hasPoll = broker.hasPoll(of: swarm)
        let (decision, isFirstHeld) = share.withLock { share in
            let task = WakeUpShare.ReadyTask(id: task, swarm: swarm)
            let before = share.heldTasks
            let decision = share.isReady(task, hasPoll: hasPoll, at: .now)
            return (decision, before == 0 && share.heldTasks == 1)
        }
        switch decision {
        case .wake: broker.taskIsReady(swarm)
        case .leave: if isFirstHeld { holding.signal(.signalled) }
        case .pass: sender.yield(.passes(swarm))
        }
    }

    /// The task is not ready any more.
    func isOver(_ task: TaskID) { share.withLock { $0.isOver(task) } }

    /// What has happened to tasks is not known: every poll looks.
    func wakeAll() {
        share.withLock { $0.forgetTasks() }
        broker.wakeAll()
    }

    /// A poll of the swarm begins to wait.
    func pollWaits(_ swarm: SwarmKey) {
        if share.withLock({ $0.pollWaits(swarm, at: .now) }) { sender.yield(.waits(swarm)) }
    }

    // MARK: Other gateways

    /// Speaks with the other gateways until cancelled.
    func run() async {
        let heard = messages.listen()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in await listen(to: heard) }
            group.addTask { [self] in await mind() }
            group.addTask { [self] in await refresh() }
            await post(.arrives)
            for await message in outbox { await post(message) }
            group.cancelAll()
        }
    }

    /// Has the others count on nobody here any more.
    func leave() { sender.yield(.leaves) }

    private func post(_ message: WakeUpShare.Message) async {
        await messages.post(Letter(message, from: name).text)
    }

    private func listen(to heard: AsyncStream<String>) async {
        for await text in heard {
            // Other releases may say what is not known here.
            guard let letter = Letter(text) else { continue }
            if case .waits(let swarm) = letter.message, letter.gateway != name {
                logger.debug("polls of \(swarm.namespace)/\(swarm.swarm) wait at gateway \(letter.gateway)")
            }
            let tasks = share.withLock { $0.hear(letter.message, from: letter.gateway, at: .now) }
            for task in tasks { taskIsReady(task.id, task.swarm) }
        }
    }

    /// Wakes for tasks that were left to another gateway and that nobody has leased.
    private func mind() async {
        while !Task.isCancelled {
            let next = share.withLock(\.nextOverdue)
            _ = await holding.wait(until: next ?? .now + .seconds(3600))
            for task in share.withLock({ $0.overdue(at: .now) }) {
                logger.debug("task \(task.id) was left to another gateway, which has not leased it")
                broker.taskIsReady(task.swarm)
            }
        }
    }

    private func refresh() async {
        while (try? await Task.sleep(for: Self.pause)) != nil {
            let swarms = share.withLock { $0.refreshed(at: .now, broker.hasPoll(of:)) }
            for swarm in swarms { sender.yield(.waits(swarm)) }
        }
    }
}

/// A message on its way.
private struct Letter {
    var gateway: String
    var message: WakeUpShare.Message

    init(_ message: WakeUpShare.Message, from gateway: String) {
        self.gateway = gateway
        self.message = message
    }

    /// `nil`: a text that is none.
    init?(_ text: String) {
        guard let json = try? JSON.parse(Array(text.utf8)), let gateway = json["gateway"]?.stringValue else {
            return nil
        }
        var swarm: LeaseBroker.SwarmKey? {
            guard let namespace = json["namespace"]?.stringValue, let name = json["swarm"]?.stringValue else {
                return nil
            }
            return LeaseBroker.SwarmKey(namespace: namespace, swarm: name)
        }
        let message: WakeUpShare.Message? =
            switch json["kind"]?.stringValue {
            case "waits": swarm.map { .waits($0) }
            case "passes": swarm.map { .passes($0) }
            case "arrives": .arrives
            case "leaves": .leaves
            default: nil
            }
        guard let message else { return nil }
        self.init(message, from: gateway)
    }

    var text: String {
        var json: JSON = ["gateway": .string(gateway)]
        switch message {
        case .waits(let swarm): json = json.merging("waits", swarm)
        case .passes(let swarm): json = json.merging("passes", swarm)
        case .arrives: json["kind"] = "arrives"
        case .leaves: json["kind"] = "leaves"
        }
        return json.text()
    }
}

extension JSON {
    fileprivate func merging(_ kind: String, _ swarm: LeaseBroker.SwarmKey) -> JSON {
        var json = self
        json["kind"] = .string(kind)
        json["namespace"] = .string(swarm.namespace)
        json["swarm"] = .string(swarm.swarm)
        return json
    }
}
