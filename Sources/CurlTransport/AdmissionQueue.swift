/// Which shared requests run, and which wait because as many as allowed run to their host already.
///
/// libcurl has limits too, but it forgets the time-outs of what it makes wait.
struct AdmissionQueue {
    /// How many run at once to one host.
    let limit: Int
    private var running: [String: Int] = [:]
    /// First come, first served, host by host.
    private var waiting: [String: [TransferOrder]] = [:]

    init(limit: Int) { self.limit = max(limit, 1) }

    /// The earliest time at which a waiting order has waited too long.
    var nextDeadline: Double {
        waiting.values.joined().reduce(.infinity) { min($0, $1.deadline ?? .infinity) }
    }

    /// - Returns: Whether `order` may start now; else it waits.
    mutating func enter(_ order: TransferOrder, host: String) -> Bool {
        if running[host, default: 0] < limit {
            running[host, default: 0] += 1
            return true
        }
        waiting[host, default: []].append(order)
        return false
    }

    /// One that ran has ended.
    ///
    /// - Returns: The order that takes its place; it counts as running.
    mutating func leave(host: String) -> TransferOrder? {
        if let next = waiting[host]?.first {
            waiting[host]?.removeFirst()
            if waiting[host]?.isEmpty == true { waiting[host] = nil }
            return next
        }
        guard let count = running[host] else { return nil }
        running[host] = count > 1 ? count - 1 : nil
        return nil
    }

    /// Takes out the waiting orders that `isOver` says are over.
    mutating func remove(where isOver: (TransferOrder) -> Bool) -> [TransferOrder] {
        var removed: [TransferOrder] = []
        for (host, orders) in waiting {
            let over = orders.filter(isOver)
            guard !over.isEmpty else { continue }
            removed += over
            let rest = orders.filter { !isOver($0) }
            waiting[host] = rest.isEmpty ? nil : rest
        }
        return removed
    }
}
