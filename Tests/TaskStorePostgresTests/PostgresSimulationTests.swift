import TaskSimulation
import TestSupport
import Testing

@Suite("Simulation of the queue on PostgreSQL")
struct PostgresSimulationTests {
    @Test("Whatever goes wrong with agents, gateways, store and network, no task is lost and none counts twice")
    func losesNothing() async throws {
        let server = try await PostgresServer.shared()
        try await SimulationRun.check(0..<20) { PostgresFactory.make(on: server, seed: $0) }
    }
}
