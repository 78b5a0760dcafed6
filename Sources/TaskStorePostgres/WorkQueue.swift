import SystemThreads

/// What the threads of a store are to do next: calls put it in, threads take it out in portions, and wait while there is none.
///
/// `@unchecked Sendable`: all state is used under the monitor.
final class WorkQueue<Work: Sendable>: @unchecked Sendable {
    private let monitor = Monitor()
    private var waiting: [Work] = []
    private var isClosed = false

    /// - Returns: whether it was taken; a closed queue takes nothing.
    func add(_ work: Work) -> Bool {
        monitor.withLock {
            if isClosed { return false }
            waiting.append(work)
            monitor.signal()
            return true
        }
    }

    /// Puts back what was taken, in front of all else; also into a closed queue, which hands it out before it ends.
    func putBack(_ work: [Work]) {
        if work.isEmpty { return }
        monitor.withLock {
            waiting.insert(contentsOf: work, at: 0)
            monitor.signal()
        }
    }

    /// The next work, as much as `size` lets through, and at least one; waits for it. `nil`: the queue is closed and empty.
    func take(_ size: (Work) -> Int, upTo limit: Int, count: Int) -> [Work]? {
        monitor.withLock {
            while waiting.isEmpty {
                if isClosed { return nil }
                monitor.wait(atMost: nil)
            }
            var taken = 0
            var sum = 0
            while taken < min(waiting.count, count) {
                sum += size(waiting[taken])
                if taken > 0, sum > limit { break }
                taken += 1
            }
            let work = Array(waiting[..<taken])
            waiting.removeFirst(taken)
            return work
        }
    }

    func close() {
        monitor.withLock {
            isClosed = true
            monitor.signal()
        }
    }
}
