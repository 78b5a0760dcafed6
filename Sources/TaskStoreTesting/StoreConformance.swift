import TaskQueue

/// What every store must do, as named scenarios. Each runs on an empty store of its own and throws a `ConformanceFailure`
/// where the store does something else.
package struct StoreConformance: Sendable, CustomStringConvertible {
    package let name: String
    package let run: @Sendable (StoreFactory) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (StoreFactory) async throws -> Void) {
        self.name = name
        self.run = run
    }

    package var description: String { name }

    package static let scenarios: [StoreConformance] =
        tasks + groups + leases + limits + fairness + reports + time + feed + agents + blobs + failures + durability
}
