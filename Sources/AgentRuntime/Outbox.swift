import StructuredData
import TaskProtocol

/// The reports that have yet to be heard, in the order in which their attempts ended.
///
/// A call takes all that wait of one kind, within bounds, and few calls are out at a time: a report that finds none out goes at
/// once, and the more there are the more go together. One that was not heard keeps its place.
struct Outbox: Sendable {
    /// How many calls are out at most.
    static let mostCalls = 2
    /// About how large the reports of one call are together, as JSON: far from what a gateway takes. A report that is larger
    /// goes alone.
    static let mostBytes = 4 << 20
    private static let longestRest = Duration.seconds(5)

    private enum State: Hashable {
        case waiting
        case sent(call: Int)
        /// The gateway wants it again, later.
        case resting
        /// Its result is being sent ahead.
        case uploading
    }

    private struct Entry {
        let id: AttemptID
        var report: Report
        var bytes: Int
        var state: State
        /// It is sent with no more than this many in one call: a call was refused as a whole, and one of them is why.
        var largestCall = ProtocolLimits.reportsPerCall
        var backoff = Backoff(longest: Outbox.longestRest)

        init(_ id: AttemptID, _ report: Report) {
            self.id = id
            self.report = report
            bytes = report.roughBytes
            state = if case .completeLarge = report { .uploading } else { .waiting }
        }
    }

    /// One call that is to go out.
    struct Call: Sendable {
        var number: Int
        var reports: [Report]
    }

    private var entries: [Entry] = []
    /// The calls that are out, with what they carry.
    private var calls: [Int: [AttemptID]] = [:]
    private var lastCall = 0
    private var backoff = Backoff(longest: Outbox.longestRest)
    /// A call did not get through; the next one waits for a while.
    private var isResting = false

    func report(of id: AttemptID) -> Report? { index(of: id).map { entries[$0].report } }

    /// Whether there are reports that could go out.
    var isWaiting: Bool { entries.contains { $0.state == .waiting } }

    func contains(_ id: AttemptID) -> Bool { index(of: id) != nil }

    private func index(of id: AttemptID) -> Int? { entries.firstIndex { $0.id == id } }

    /// Takes a report, or another one in the place of that which the attempt had. A large result is to be sent ahead first.
    mutating func put(_ report: Report, of id: AttemptID) {
        if let index = index(of: id) { entries[index] = Entry(id, report) } else { entries.append(Entry(id, report)) }
    }

    mutating func remove(_ id: AttemptID) { entries.removeAll { $0.id == id } }

    /// The next call, which is out from now on; `nil`: there is none to make now.
    mutating func nextCall() -> Call? {
        guard !isResting, calls.count < Self.mostCalls,
            let first = entries.firstIndex(where: { $0.state == .waiting })
        else { return nil }
        lastCall += 1
        var call = Call(number: lastCall, reports: [])
        var ids: [AttemptID] = []
        var bytes = 0
        for index in entries[first...].indices {
            let entry = entries[index]
            guard entry.state == .waiting, entry.report.kind == entries[first].report.kind else { continue }
            let room = min(entry.largestCall, entries[first].largestCall)
            guard ids.count < room, ids.isEmpty || bytes + entry.bytes <= Self.mostBytes else { break }
            entries[index].state = .sent(call: call.number)
            ids.append(entry.id)
            call.reports.append(entry.report)
            bytes += entry.bytes
        }
        calls[call.number] = ids
        return call
    }

    // MARK: What became of calls

    /// A call was answered. What it carried, in its order; `nil`: it is not out.
    mutating func answered(_ call: Int) -> [AttemptID]? {
        guard let ids = calls.removeValue(forKey: call) else { return nil }
        backoff.reset()
        return ids
    }

    /// A call did not get through, or got no answer: its reports wait again, in their places. What it carried that is still to
    /// be heard; `nil`: it is not out.
    /// - Parameter isRefused: the same call would be refused again. What it carried is sent in smaller ones.
    mutating func failed(_ call: Int, isRefused: Bool) -> (size: Int, left: [AttemptID])? {
        guard let ids = calls.removeValue(forKey: call) else { return nil }
        var left: [AttemptID] = []
        for index in entries.indices where entries[index].state == .sent(call: call) {
            entries[index].state = .waiting
            if isRefused { entries[index].largestCall = max(ids.count / 2, 1) }
            left.append(entries[index].id)
        }
        return (ids.count, left)
    }

    // MARK: Waiting

    /// Keeps calls back; `nil`: that is so already.
    mutating func rest(atLeast: Duration?, using random: inout some RandomNumberGenerator) -> Duration? {
        if isResting { return nil }
        isResting = true
        return backoff.next(atLeast: atLeast, using: &random)
    }

    mutating func restIsOver() { isResting = false }

    /// Keeps one report back; `nil`: there is none to keep back.
    mutating func rest(
        _ id: AttemptID, atLeast: Duration?, using random: inout some RandomNumberGenerator
    ) -> Duration? {
        guard let index = index(of: id), entries[index].state != .resting else { return nil }
        entries[index].state = .resting
        return entries[index].backoff.next(atLeast: atLeast, using: &random)
    }

    /// A report has rested. Answers what is to be sent ahead of it.
    mutating func restIsOver(_ id: AttemptID) -> Upload? {
        guard let index = index(of: id), entries[index].state == .resting else { return nil }
        return wake(index)
    }

    /// Nothing rests any more. Answers what is to be sent ahead.
    mutating func wakeAll() -> [Upload] {
        isResting = false
        return entries.indices.compactMap { entries[$0].state == .resting ? wake($0) : nil }
    }

    private mutating func wake(_ index: Int) -> Upload? {
        guard case .completeLarge(let item, let result) = entries[index].report else {
            entries[index].state = .waiting
            return nil
        }
        entries[index].state = .uploading
        return Upload(id: entries[index].id, item: item, result: result)
    }

    // MARK: Large results

    /// A result that is to be sent ahead of its report.
    struct Upload: Sendable, Equatable {
        var id: AttemptID
        var item: CompleteRequest.Item
        var result: [UInt8]
    }

    /// What is to be sent ahead of a report that was just put in.
    func upload(of id: AttemptID) -> Upload? {
        guard case .completeLarge(let item, let result)? = report(of: id) else { return nil }
        return Upload(id: id, item: item, result: result)
    }

    /// A result is with the gateway: its report refers to it.
    mutating func uploaded(_ id: AttemptID, _ reference: ResultReference) {
        guard let index = index(of: id), entries[index].state == .uploading,
            case .completeLarge(var item, _) = entries[index].report
        else { return }
        item.resultRef = reference
        entries[index].report = .complete(item)
        entries[index].state = .waiting
    }
}
