package import Logging
import TaskQueue

/// Does things with a task store that may be away, again and again until it is there.
package struct StorePatience: Sendable {
    private static let retryDelay = Duration.seconds(1)

    private let logger: Logger

    package init(logger: Logger) { self.logger = logger }

    /// - Parameter body: throws `TaskStoreError.unavailable` where another attempt may do better.
    /// - Throws: any other error of `body`: waiting cannot help there.
    package func until<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        var told: String?
        while true {
            do {
                return try await body()
            } catch let error as TaskStoreError where error.code == .unavailable {
                if told != error.message {
                    logger.error("the task store is away, and waited for", metadata: ["error": .string("\(error)")])
                }
                told = error.message
                try await Task.sleep(for: Self.retryDelay)
            }
        }
    }
}
