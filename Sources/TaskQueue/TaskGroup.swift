/// Items of a fan-out: tasks that belong together.
///
/// Which group a task belongs to, and as which item, its identifier says; so an item that is submitted again is found, and the
/// order of a group's identifiers is that of its items. Items are to be submitted in their order, each once, so that a group's
/// total is the next index.
extension TaskID {
    /// More items no group has.
    package static let maxItems = 1_000_000
    private static let digits = 6

    /// The identifier of an item: that of the group, a dot, and the index in six digits.
    package init(item index: Int, of group: TaskID) {
        precondition((0..<Self.maxItems).contains(index), "item \(index) is none that a group can have")
        let number = String(index)
        self.init("\(group.text).\(String(repeating: "0", count: Self.digits - number.utf8.count))\(number)")
    }

    /// The group and the index of an item; `nil` for any other task.
    package var item: (group: TaskID, index: Int)? {
        let bytes = text.utf8
        guard bytes.count > Self.digits + 1 else { return nil }
        let start = bytes.index(bytes.endIndex, offsetBy: -Self.digits)
        let dot = bytes.index(before: start)
        guard bytes[dot] == UInt8(ascii: "."),
            bytes[start...].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let index = bytes[start...].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return (TaskID(String(text[..<dot])), index)
    }

    /// An item is kept for as long as its group goes on, and its retention begins with the group's last change: what comes after the
    /// last item needs the results of the first. Of what has ended longer ago than its retention, a store that forgets looks at so
    /// many times as much as it may forget at once.
    package static let keptItemsLookedAt = 10

    /// The identifiers of a group's items lie between these two, in the order of their bytes, and no other group's do: the
    /// identifiers of groups are those of objects, which have no dots.
    package var itemBounds: (lower: String, upper: String) { ("\(text).", "\(text).:") }
}

/// How many tasks of a group are in which state.
package struct GroupCounts: Sendable, Hashable {
    /// Delayed, held or ready.
    package var waiting = 0
    package var leased = 0
    package var succeeded = 0
    package var failed = 0
    package var cancelled = 0

    package init(waiting: Int = 0, leased: Int = 0, succeeded: Int = 0, failed: Int = 0, cancelled: Int = 0) {
        self.waiting = waiting
        self.leased = leased
        self.succeeded = succeeded
        self.failed = failed
        self.cancelled = cancelled
    }

    package var live: Int { waiting + leased }
    package var ended: Int { succeeded + failed + cancelled }
    package var total: Int { live + ended }
    package var isZero: Bool { self == GroupCounts() }

    /// Counts a task that has come from one state to another.
    /// - Parameter before: `nil`: it is new.
    package mutating func note(_ before: TaskState?, _ after: TaskState) {
        if let before { count(before, -1) }
        count(after, 1)
    }

    private mutating func count(_ state: TaskState, _ number: Int) {
        switch state {
        case .delayed, .held, .ready: waiting += number
        case .leased: leased += number
        case .succeeded: succeeded += number
        case .failed: failed += number
        case .cancelled: cancelled += number
        }
    }

    package static func += (left: inout GroupCounts, right: GroupCounts) {
        left.waiting += right.waiting
        left.leased += right.leased
        left.succeeded += right.succeeded
        left.failed += right.failed
        left.cancelled += right.cancelled
    }
}

/// A group at one moment.
package struct GroupSummary: Sendable, Hashable {
    package static let maxFailures = 5

    package var group: TaskID
    package var namespace: String
    /// When its first item was submitted.
    package var created: StoreTime
    /// Of all items that were submitted, those that are forgotten by now included.
    package var counts: GroupCounts
    /// The failed items of the lowest indexes, at most `maxFailures`.
    package var failures: [ItemFailure]

    package init(
        group: TaskID, namespace: String, created: StoreTime, counts: GroupCounts, failures: [ItemFailure] = []
    ) {
        self.group = group
        self.namespace = namespace
        self.created = created
        self.counts = counts
        self.failures = failures
    }
}

package struct ItemFailure: Sendable, Hashable {
    package var index: Int
    package var failure: Failure

    package init(index: Int, failure: Failure) {
        self.index = index
        self.failure = failure
    }

    /// `nil`: the task is no item that has failed.
    package init?(_ record: TaskRecord) {
        guard record.state == .failed, let item = record.id.item, let failure = record.failure else { return nil }
        self.init(index: item.index, failure: failure)
    }
}
