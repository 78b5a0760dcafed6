import TaskStoreTesting
import TestSupport
import Testing

@Suite struct RedisConformanceTests {
    @Test("The Redis store does what every store must do", arguments: StoreConformance.scenarios)
    func conforms(scenario: StoreConformance) async throws {
        try await scenario.run(RedisFactory.make(on: .shared, seed: 1))
    }

    @Test(
        "The Redis store agrees with the pure machine on random traces",
        arguments: [1, 2, 3, UInt64.random(in: 0...UInt64.max)])
    func agreesWithTheMachine(seed: UInt64) async throws {
        print("random trace with seed \(seed)")
        try await RandomTrace.run(seed: seed, steps: 200, RedisFactory.make(on: .shared, seed: seed))
    }
}
