import Synchronization
import TaskQueue

/// A task that has ended, with its result where that is at hand.
struct EndedTask: Sendable {
    var record: TaskRecord
    /// As the report brought it; `nil`: there is none, or it is to be read from the store.
    var result: [UInt8]?
}

/// Those who wait for something to happen to one task.
final class TaskWaiters: Sendable {
    private struct Waiter {
        var ticket: Ticket
        /// It waits for the end and nothing before.
        var isForEnd: Bool
    }

    private struct State {
        var waiters: [TaskID: [Waiter]] = [:]
        /// What came of tasks that some still wait for here.
        var ends: [TaskID: EndedTask] = [:]
        var nextNumber: UInt64 = 0
        var isClosed = false
    }

    let underWay = TasksUnderWay()
    private let count = Atomic(0)
    private let state = Mutex(State())
    private let maxWaiters: Int

    init(maxWaiters: Int) { self.maxWaiters = maxWaiters }

    /// A ticket that is signalled at each change of the task, or at its end alone; `nil` where too many wait already.
    func enter(_ task: TaskID, isForEnd: Bool = false) -> Ticket? {
        state.withLock { state in
            let count = count.load(ordering: .relaxed)
            if state.isClosed || count >= maxWaiters { return nil }
            self.count.store(count + 1, ordering: .sequentiallyConsistent)
            state.nextNumber += 1
            let ticket = Ticket(number: state.nextNumber)
            state.waiters[task, default: []].append(Waiter(ticket: ticket, isForEnd: isForEnd))
            return ticket
        }
    }

    func leave(_ task: TaskID, _ ticket: Ticket) {
        state.withLock { state in
            guard var waiters = state.waiters[task], let index = waiters.firstIndex(where: { $0.ticket === ticket })
            else {
                return
            }
            waiters.remove(at: index)
            state.waiters[task] = waiters.isEmpty ? nil : waiters
            if waiters.isEmpty { state.ends[task] = nil }
            count.subtract(1, ordering: .sequentiallyConsistent)
        }
    }

    /// Whether nobody waits and no end is of interest. Whoever comes later finds in the store what was stored before this was asked.
    var isIdle: Bool { count.load(ordering: .sequentiallyConsistent) == 0 && underWay.isEmpty }

    /// A task has ended, by what was reported here: those who wait need not ask the store.
    func ended(_ end: EndedTask) {
        let id = end.record.id
        state.withLock { state in
            if state.waiters[id] != nil { state.ends[id] = end }
        }
        changed(id, hasEnded: true)
    }

    /// What came of a task that somebody waits for; `nil`: it has not ended, or ended elsewhere.
    func end(of task: TaskID) -> EndedTask? { state.withLock { $0.ends[task] } }

    func changed(_ task: TaskID, hasEnded: Bool) {
        if hasEnded { underWay.ended(task) }
        for waiter in state.withLock({ $0.waiters[task] ?? [] }) where hasEnded || !waiter.isForEnd {
            waiter.ticket.signal(.signalled)
        }
    }

    /// What has happened to tasks is not known.
    func changedAll() {
        underWay.forgetAll()
        for waiter in state.withLock({ $0.waiters.values.joined().map(\.ticket) }) { waiter.signal(.signalled) }
    }

    func close() {
        let tickets = state.withLock { state in
            state.isClosed = true
            return state.waiters.values.joined().map(\.ticket)
        }
        for ticket in tickets { ticket.signal(.ended) }
    }
}
