import TaskSimulation
import Testing

@Suite("Simulation of the queue on SQLite")
struct SQLiteSimulationTests {
    @Test("Whatever goes wrong with agents, gateways, store and network, no task is lost and none counts twice")
    func losesNothing() async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        try await SimulationRun.check(0..<100) { SQLiteFactory.make(in: folder, seed: $0) }
    }

    @Test("A store that was killed goes on from the files as they were then")
    func survivesKill() async throws {
        let folder = try TemporaryFolder(isInMemory: true)
        try await SimulationRun.check(1000..<1100) { SQLiteFactory.make(in: folder, seed: $0, crashes: true) }
    }
}
