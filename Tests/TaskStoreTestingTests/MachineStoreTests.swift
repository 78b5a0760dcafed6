import TaskStoreTesting
import Testing

@Suite("The machine as a store")
struct MachineStoreTests {
    @Test("does what every store must do", arguments: StoreConformance.scenarios)
    func conforms(scenario: StoreConformance) async throws {
        try await scenario.run(.machine())
    }

    @Test("agrees with the machine on random traces", arguments: [UInt64](1...30))
    func agreesWithTheMachine(seed: UInt64) async throws {
        try await RandomTrace.run(seed: seed, steps: 200, .machine(seed: seed))
    }
}
