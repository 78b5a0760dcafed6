/// The thread on which a transport's answers arrive and its requests leave. Tasks that do little else save a change of threads at
/// both ends. What runs there holds up all transfers meanwhile.
public protocol TransportThread: TaskExecutor {
    /// Waits for a descriptor beside the transport's own.
    ///
    /// Whoever closes it calls `unwatch` before.
    /// - Returns: `false`: there is no such thread any more.
    func watch(_ watch: DescriptorWatch) -> Bool

    /// Waits no longer for a descriptor. It may still be told of once.
    func unwatch(_ descriptor: Int32)

    /// Calls `body` here once, after `delay`, which is rounded up to milliseconds. A transport that is shut down before never does.
    func call(after delay: Duration, _ body: @escaping @Sendable () -> Void)
}

/// Whom to tell of a descriptor.
public struct DescriptorWatch: Sendable {
    public var descriptor: Int32
    /// Called on the transport's thread when the descriptor can be read from, or has ended; `false` ends the watch. Must not block.
    public var onReadable: @Sendable () -> Bool
    /// The transport was shut down: nobody waits any longer. Called on any thread.
    public var onEnd: @Sendable () -> Void

    public init(
        _ descriptor: Int32, onReadable: @escaping @Sendable () -> Bool, onEnd: @escaping @Sendable () -> Void
    ) {
        self.descriptor = descriptor
        self.onReadable = onReadable
        self.onEnd = onEnd
    }
}
