/// What programs that share a store tell each other beside it. Nothing of it is kept, and messages may be lost: who hears none goes on
/// as before.
package protocol StoreMessages: Sendable {
    /// Tells all who listen, the caller too if it does. What cannot be told now is dropped.
    /// - Parameter text: at most ``StoreMessageLimits/bytes`` long.
    func post(_ text: String) async
    /// What is told from now on.
    func listen() -> AsyncStream<String>
}

package enum StoreMessageLimits {
    /// A notification of PostgreSQL is shorter than 8,000 bytes.
    package static let bytes = 7999
    /// So many wait for one who is slow to listen.
    package static let waiting = 1000
}

/// Where a store is open in one program alone, there is nobody else to tell.
extension Broadcast<String>: StoreMessages {
    package func post(_ text: String) async { tell(text) }
}
