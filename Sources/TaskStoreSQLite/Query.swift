import Synchronization

/// A statement that is run again and again. It is known by a number, so that to find it compiled costs no look at its text.
final class Query: Sendable {
    private static let count = Atomic(0)

    let sql: String
    /// Its place in every `StatementShelf`.
    let number: Int

    init(_ sql: String) {
        self.sql = sql
        number = Self.count.add(1, ordering: .relaxed).oldValue
    }
}
