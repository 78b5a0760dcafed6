import TaskQueue

/// Watches a trace for what limits promise, knowing nothing of how they are kept.
struct LimitOracle {
    private var limits: [String: KeyLimit] = [:]
    /// When tasks of a key were leased since its limit was last set.
    private var leases: [String: [StoreTime]] = [:]
    /// When a bucket last lost tokens.
    private var lastTaken: [String: StoreTime] = [:]
    /// Leases that stand, by task.
    private var running: [TaskID: String] = [:]

    mutating func set(_ limit: KeyLimit, of key: String, at now: StoreTime) {
        limits[key] = limit
        leases[key] = []
        lastTaken[key] = now
    }

    /// Never more leases at once than the limit, never more in any time than burst and rate allow.
    mutating func noteLease(of record: TaskRecord, at now: StoreTime) throws {
        guard let key = record.concurrencyKey else { return }
        let limit = limits[key] ?? .standard
        running[record.id] = key
        let others = running.values.count { $0 == key }
        if let most = limit.maxConcurrent {
            try expect(others <= most, "\(others) tasks of key \(key) are leased, whose limit is \(most)")
        }
        leases[key, default: []].append(now)
        lastTaken[key] = now
        guard let rate = limit.rate, let times = leases[key] else { return }
        for (index, start) in times.enumerated() {
            let count = Int64(times.count - index)
            let most = Int64(rate.burst) + (now - start) * 1000 / rate.intervalMicroseconds
            try expect(count <= most, "\(count) leases of key \(key) within \(now - start) ms; \(most) are allowed")
        }
    }

    /// No task is held where a slot is free, unless its key lacks tokens.
    mutating func check(_ records: [TaskRecord]) throws {
        running = [:]
        for record in records where record.state == .leased { running[record.id] = record.concurrencyKey }
        for (key, tasks) in Self.byKey(records) {
            let limit = limits[key] ?? .standard
            guard limit.rate == nil else { continue }
            let free = limit.maxConcurrent.map { $0 - tasks.count { $0.state == .leased } } ?? .max
            for (swarm, tasks) in Dictionary(grouping: tasks, by: \.swarm) {
                let ready = tasks.count { $0.state == .ready }
                try expect(ready <= max(free, 0), "\(ready) tasks of key \(key) are ready in \(swarm), \(free) may run")
                guard tasks.contains(where: Self.isHeldForKey) else { continue }
                try expect(ready >= free, "tasks of key \(key) are held in \(swarm), where \(free) may run")
            }
        }
    }

    /// The reaper has looked: nothing is held in a swarm for want of a token when the key's bucket is full.
    func checkTokens(_ records: [TaskRecord], at now: StoreTime) throws {
        for (key, tasks) in Self.byKey(records) {
            guard let limit = limits[key], let rate = limit.rate, let emptied = lastTaken[key],
                (now - emptied) * 1000 >= Int64(rate.burst) * rate.intervalMicroseconds,
                limit.maxConcurrent.map({ $0 > tasks.count { $0.state == .leased } }) ?? true
            else { continue }
            for (swarm, tasks) in Dictionary(grouping: tasks, by: \.swarm)
            where tasks.contains(where: Self.isHeldForKey) {
                try expect(
                    tasks.contains { $0.state == .ready },
                    "tasks of key \(key) are held in \(swarm) though its bucket is full")
            }
        }
    }

    private static func byKey(_ records: [TaskRecord]) -> [String: [TaskRecord]] {
        var keys: [String: [TaskRecord]] = [:]
        for record in records {
            if let key = record.concurrencyKey, !record.state.isEnd { keys[key, default: []].append(record) }
        }
        return keys
    }

    private static func isHeldForKey(_ record: TaskRecord) -> Bool {
        record.state == .held && !record.holds.isEmpty && record.holds.isSubset(of: .keyLimits)
    }
}
