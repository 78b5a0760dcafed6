import TaskQueue
import TaskStoreTesting

/// Watches what the limits of keys promise, knowing nothing of how they are kept.
struct KeyWatch {
    private var limits: [String: KeyLimit] = [:]
    /// When tasks of a key were leased since its limit was set.
    private var leases: [String: [StoreTime]] = [:]

    mutating func set(_ limit: KeyLimit?, of key: String) {
        limits[key] = limit
        leases[key] = nil
    }

    /// A task of `key` was leased.
    /// - Parameter leased: how many of its tasks are leased now.
    mutating func granted(_ task: TaskID, _ key: String, leased: Int, at now: StoreTime) throws {
        let limit = limits[key] ?? .standard
        if let most = limit.maxConcurrent {
            try require(leased <= most, "\(leased) tasks of key \(key) are leased with \(task); \(most) may be")
        }
        leases[key, default: []].append(now)
        guard let rate = limit.rate, let times = leases[key] else { return }
        for (index, start) in times.enumerated() {
            let most = Int64(rate.burst) + (now - start) * 1000 / rate.intervalMicroseconds
            try require(
                Int64(times.count - index) <= most,
                "\(times.count - index) leases of key \(key) within \(now - start) ms; \(most) are allowed")
        }
    }
}
