private import HeapModule

/// The logic of a work queue, with time as a parameter: what a key waits for, and which key is next.
///
/// A key is in the queue at most once. While it is being worked on it is not handed out again; what is added meanwhile waits
/// until it is done. Of two times asked for, the earlier counts. Ready keys come out by rank: when they became ready, less
/// `priority × priorityStep`. So a higher priority goes first, but only by a fixed head start: nothing waits for ever.
public struct WorkQueueState<Key: Hashable & Sendable>: Sendable {
    public struct Configuration: Sendable, Hashable {
        /// Pauses of a key that fails again and again.
        public var backoff: Backoff
        /// The head start that one step of priority gives.
        public var priorityStep: Duration

        public init(
            backoff: Backoff = Backoff(base: .milliseconds(5), limit: .seconds(1000), jitter: 0),
            priorityStep: Duration = .seconds(30)
        ) {
            self.backoff = backoff
            self.priorityStep = priorityStep
        }
    }

    /// A key handed out, with what metrics want to know.
    public struct Item: Sendable, Hashable {
        public var key: Key
        /// How long the key was ready before it was handed out.
        public var waited: Duration
    }

    private struct Waiting {
        var readyAt: Duration
        var priority: Int
        var ticket: UInt64
    }

    /// An entry of a heap; dead once the key's ticket has moved on.
    private struct Entry: Comparable {
        var order: Duration
        var ticket: UInt64
        var key: Key

        static func < (left: Entry, right: Entry) -> Bool { (left.order, left.ticket) < (right.order, right.ticket) }
        static func == (left: Entry, right: Entry) -> Bool { left.ticket == right.ticket }
    }

    private let configuration: Configuration
    private var generator: SeededGenerator
    private var waiting: [Key: Waiting] = [:]
    private var working: Set<Key> = []
    /// Keys added while they were worked on.
    private var again: [Key: Waiting] = [:]
    private var failures: [Key: Int] = [:]
    private var delayed = Heap<Entry>()
    private var ready = Heap<Entry>()
    private var lastTicket: UInt64 = 0

    public init(configuration: Configuration = .init(), seed: UInt64 = 0) {
        self.configuration = configuration
        generator = SeededGenerator(seed: seed)
    }

    /// How many keys wait, now or later.
    public var count: Int { waiting.count + again.count }
    /// How many keys are being worked on.
    public var workingCount: Int { working.count }
    public var isIdle: Bool { waiting.isEmpty && working.isEmpty }

    /// Adds `key`, to be handed out `delay` from `now` on. Returns whether it was not in the queue before.
    @discardableResult
    public mutating func add(_ key: Key, after delay: Duration = .zero, priority: Int = 0, now: Duration) -> Bool {
        let readyAt = now + max(delay, .zero)
        if working.contains(key) {
            let isNew = again[key] == nil
            again[key] = merged(again[key], readyAt, priority)
            return isNew
        }
        let old = waiting[key]
        let new = merged(old, readyAt, priority)
        if let old, old.readyAt == new.readyAt, old.priority == new.priority { return false }
        push(key, new, now: now)
        return old == nil
    }

    /// Adds `key` with the pause that its failures in a row call for, counting one more. Returns the pause.
    @discardableResult
    public mutating func addRateLimited(_ key: Key, priority: Int = 0, now: Duration) -> Duration {
        failures[key, default: 0] += 1
        let pause = configuration.backoff.delay(afterFailures: failures[key, default: 1], using: &generator)
        add(key, after: pause, priority: priority, now: now)
        return pause
    }

    /// Forgets the failures of `key`.
    public mutating func forget(_ key: Key) { failures[key] = nil }

    public func failureCount(_ key: Key) -> Int { failures[key] ?? 0 }

    /// The next key to work on, if one is ready. It is being worked on until `done`.
    public mutating func next(now: Duration) -> Item? {
        promote(now: now)
        while let entry = ready.popMin() {
            guard let item = waiting[entry.key], item.ticket == entry.ticket else { continue }
            waiting[entry.key] = nil
            working.insert(entry.key)
            return Item(key: entry.key, waited: now - item.readyAt)
        }
        return nil
    }

    /// Ends the work on `key`; if it was added meanwhile, it waits again.
    public mutating func done(_ key: Key, now: Duration) {
        guard working.remove(key) != nil, let item = again.removeValue(forKey: key) else { return }
        push(key, item, now: now)
    }

    /// When the next key that must still wait becomes ready; `nil` where none waits for its time.
    public mutating func nextDelayedUntil(now: Duration) -> Duration? {
        promote(now: now)
        while let entry = delayed.min {
            if waiting[entry.key]?.ticket == entry.ticket { return entry.order }
            delayed.removeMin()
        }
        return nil
    }

    private func merged(_ old: Waiting?, _ readyAt: Duration, _ priority: Int) -> Waiting {
        guard let old else { return Waiting(readyAt: readyAt, priority: priority, ticket: 0) }
        return Waiting(readyAt: min(old.readyAt, readyAt), priority: max(old.priority, priority), ticket: 0)
    }

    private mutating func push(_ key: Key, _ item: Waiting, now: Duration) {
        compact()
        lastTicket += 1
        var item = item
        item.ticket = lastTicket
        waiting[key] = item
        if item.readyAt <= now {
            ready.insert(Entry(order: rank(item), ticket: item.ticket, key: key))
        } else {
            delayed.insert(Entry(order: item.readyAt, ticket: item.ticket, key: key))
        }
    }

    /// Drops dead entries once they outweigh the living: a key that waits for a far time, and is worked on again and again before,
    /// would else leave one behind each time.
    private mutating func compact() {
        guard delayed.count + ready.count > 2 * waiting.count + Self.deadEntries else { return }
        let isLive = { (entry: Entry) in waiting[entry.key]?.ticket == entry.ticket }
        delayed = Heap(delayed.unordered.filter(isLive))
        ready = Heap(ready.unordered.filter(isLive))
    }

    /// Dead entries that are not worth the work.
    private static var deadEntries: Int { 64 }

    /// How many entries the heaps hold, dead ones too.
    var entryCount: Int { delayed.count + ready.count }

    private mutating func promote(now: Duration) {
        while let entry = delayed.min, entry.order <= now {
            delayed.removeMin()
            guard let item = waiting[entry.key], item.ticket == entry.ticket else { continue }
            ready.insert(Entry(order: rank(item), ticket: item.ticket, key: entry.key))
        }
    }

    private func rank(_ item: Waiting) -> Duration { item.readyAt - configuration.priorityStep * item.priority }
}
