private import Dispatch

/// Runs what blocks (files, /proc) on a thread of its own, never on the cooperative pool.
enum Blocking {
    private static let queue = DispatchQueue(label: "process-node.files", attributes: .concurrent)

    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
