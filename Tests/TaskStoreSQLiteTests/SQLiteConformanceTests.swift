import TaskStoreTesting
import Testing

@Suite struct SQLiteConformanceTests {
    @Test("The SQLite store does what every store must do", arguments: StoreConformance.scenarios)
    func conforms(scenario: StoreConformance) async throws {
        let folder = try TemporaryFolder()
        try await scenario.run(SQLiteFactory.make(in: folder, seed: 1))
    }

    @Test(
        "The SQLite store agrees with the pure machine on random traces",
        arguments: [1, 2, 3, UInt64.random(in: 0...UInt64.max)])
    func agreesWithTheMachine(seed: UInt64) async throws {
        print("random trace with seed \(seed)")
        let folder = try TemporaryFolder()
        try await RandomTrace.run(seed: seed, steps: 200, SQLiteFactory.make(in: folder, seed: seed))
    }
}
