internal import KubernetesModel

/// What an event says; two that are equal are the same event seen again.
struct EventIdentity: Hashable, Sendable {
    var regarding: ObjectReference
    var type: String
    var reason: String
    var action: String
    var note: String
}

/// Folds repeats of an event into one object with a series. Time is a parameter, as durations of a monotonic clock.
///
/// Bounded: beyond `capacity` different events, the one not seen for longest is forgotten, and would begin anew.
struct EventAggregator: Sendable {
    struct Configuration: Sendable, Hashable {
        var capacity = 1024
        /// A repeat within this time of the one before belongs to its series.
        var window: Duration = .seconds(360)
        /// A series is written at most once in this time.
        var writeInterval: Duration = .seconds(10)
    }

    enum Write: Sendable, Hashable {
        /// Make an event object of this name.
        case create(EventIdentity, name: String, at: Duration)
        /// Tell the object that its event was seen `count` times, at last `at`.
        case series(EventIdentity, name: String, count: Int, at: Duration)
    }

    private struct Entry: Sendable {
        var name: String
        var count: Int
        var lastSeen: Duration
        var lastWritten: Duration
        var writtenCount: Int
    }

    private let configuration: Configuration
    private var entries: [EventIdentity: Entry] = [:]
    private var generator: SeededGenerator
    private let epoch: Int64
    /// The time in the last name, in microseconds since 1970.
    private var lastNamed: Int64 = 0

    /// - Parameter epoch: when the clock stood at zero, in microseconds since 1970.
    init(configuration: Configuration = .init(), seed: UInt64, epoch: Int64 = 0) {
        self.configuration = configuration
        self.epoch = epoch
        generator = SeededGenerator(seed: seed)
    }

    /// Takes an event; returns what to write now, if anything.
    mutating func record(_ event: EventIdentity, now: Duration) -> Write? {
        if var entry = entries[event], now - entry.lastSeen <= configuration.window {
            entry.count += 1
            entry.lastSeen = now
            // The first repeat is written at once: that it repeats is news.
            let isDue = entry.count == 2 || now - entry.lastWritten >= configuration.writeInterval
            if isDue {
                entry.lastWritten = now
                entry.writtenCount = entry.count
            }
            entries[event] = entry
            return isDue ? .series(event, name: entry.name, count: entry.count, at: now) : nil
        }
        makeRoom()
        let name = name(of: event, at: now)
        entries[event] = Entry(name: name, count: 1, lastSeen: now, lastWritten: now, writtenCount: 1)
        return .create(event, name: name, at: now)
    }

    /// A list of an object's events, which is in the order of their names, tells them in the order in which they happened: within
    /// one second nothing else does. What is random keeps those of several processes apart.
    private mutating func name(of event: EventIdentity, at now: Duration) -> String {
        lastNamed = max(epoch + now.nanoseconds / 1000, lastNamed + 1)
        let suffix = String(UInt64(lastNamed) << 12 | UInt64.random(in: 0..<1 << 12, using: &generator), radix: 16)
        return "\(event.regarding.name ?? "unknown").\(String(repeating: "0", count: 16 - suffix.count))\(suffix)"
    }

    /// The series that have grown since they were written, and are due; series that ended are forgotten.
    mutating func due(now: Duration) -> [Write] {
        var writes: [Write] = []
        for (event, entry) in entries {
            let hasEnded = now - entry.lastSeen > configuration.window
            if entry.count > entry.writtenCount, hasEnded || now - entry.lastWritten >= configuration.writeInterval {
                writes.append(.series(event, name: entry.name, count: entry.count, at: entry.lastSeen))
                entries[event]?.lastWritten = now
                entries[event]?.writtenCount = entry.count
            }
            if hasEnded { entries[event] = nil }
        }
        return writes
    }

    /// The object is gone: the next repeat makes a new one.
    mutating func forget(_ event: EventIdentity) { entries[event] = nil }

    private mutating func makeRoom() {
        guard entries.count >= configuration.capacity,
            let oldest = entries.min(by: { $0.value.lastSeen < $1.value.lastSeen })
        else { return }
        entries[oldest.key] = nil
    }
}
