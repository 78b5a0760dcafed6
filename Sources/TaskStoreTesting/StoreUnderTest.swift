package import TaskQueue

/// A store that the suite opened, on data of its own.
package struct StoreUnderTest: Sendable {
    package var store: any TaskStore
    /// Closes the store and opens it again on the same data.
    package var reopen: @Sendable () async throws -> any TaskStore
    /// Gives up what the store holds, when nobody wants it any more.
    package var close: @Sendable () async -> Void

    package init(
        store: any TaskStore, close: @escaping @Sendable () async -> Void = {},
        reopen: @escaping @Sendable () async throws -> any TaskStore
    ) {
        self.store = store
        self.close = close
        self.reopen = reopen
    }
}

/// Makes empty stores that live by a given clock.
package struct StoreFactory: Sendable {
    let make: @Sendable (ManualClock, QueuePolicy) async throws -> StoreUnderTest

    package init(_ make: @escaping @Sendable (ManualClock, QueuePolicy) async throws -> StoreUnderTest) {
        self.make = make
    }

    package func open(clock: ManualClock, policy: QueuePolicy) async throws -> StoreUnderTest {
        try await make(clock, policy)
    }
}

/// What a store did that it must not do.
package struct ConformanceFailure: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String, _ file: StaticString = #fileID, _ line: UInt = #line) {
        self.description = "\(file):\(line): \(description)"
    }
}

func expect(
    _ condition: Bool, _ description: @autoclosure () -> String, _ file: StaticString = #fileID, _ line: UInt = #line
) throws {
    if !condition { throw ConformanceFailure(description(), file, line) }
}

func expectEqual<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: String, _ file: StaticString = #fileID, _ line: UInt = #line
) throws {
    if found != expected { throw ConformanceFailure("\(what): expected \(expected), found \(found)", file, line) }
}

func require<Value>(
    _ value: Value?, _ what: String, _ file: StaticString = #fileID, _ line: UInt = #line
) throws -> Value {
    guard let value else { throw ConformanceFailure("there is no \(what)", file, line) }
    return value
}
