import TaskSimulation
import TaskStoreTesting
import Testing

@Suite("Simulation of the queue on the machine alone")
struct SimulationTests {
    @Test("Whatever goes wrong with agents, gateways, store and network, no task is lost and none counts twice")
    func losesNothing() async throws {
        try await SimulationRun.check(0..<1500) { .machine(seed: $0) }
        // Others each time.
        let first = UInt64.random(in: 1 << 32...UInt64.max - 1000)
        try await SimulationRun.check(first..<first + 500) { .machine(seed: $0) }
    }

    @Test("A store with a flaw is found out", arguments: MachineStore.Flaw.allCases)
    func findsFlaws(flaw: MachineStore.Flaw) async throws {
        let found = try await SimulationRun.seedsUntilFailure(0..<400) { .machine(seed: $0, flaw: flaw) }
        let (count, failure) = try #require(found, "\(flaw.rawValue) is not found with 400 seeds")
        print("\(flaw.rawValue): found with \(count) seeds: \(failure)")
    }

    @Test("A failing case is told with its seed, made simple, and fails again as it is told")
    func explainsFailures() async throws {
        let error = await #expect(throws: SimulationFailure.self) {
            try await SimulationRun.check(0..<400) { .machine(seed: $0, flaw: .completesTwice) }
        }
        let text = error?.description ?? ""
        let told = text.split(separator: "\n").first { $0.contains("simplest case") }?.split(separator: ": ").last
        let simplest = try #require(told.flatMap { SimulationCase(String($0)) }, "\(text)")
        #expect(simplest.tasks <= 2 && simplest.gateways == 1 && simplest.faults.count <= 2, "\(text)")
        let again = try await SimulationRun.failure(
            of: simplest, on: .machine(seed: simplest.seed, flaw: .completesTwice))
        #expect(again.map { text.contains($0) } == true)
    }

    @Test("The same case is the same run")
    func isRepeatable() async throws {
        for seed: UInt64 in 0..<20 {
            let options = SimulationCase(seed: seed)
            let first = try await SimulationRun.trace(of: options, on: .machine(seed: seed))
            #expect(!first.isEmpty)
            #expect(try await SimulationRun.trace(of: options, on: .machine(seed: seed)) == first)
        }
    }

    @Test("What can happen to reports that go together does happen")
    func coversBatches() async throws {
        var batches = 0
        var partial = 0
        var refused = 0
        var repeated = 0
        for seed: UInt64 in 0..<40 {
            var options = SimulationCase(seed: seed)
            options.tasks = 40
            options.faults.formUnion([.duplication, .loss])
            let trace = try await SimulationRun.trace(of: options, on: .machine(seed: seed))
            var taken: [String] = []
            for line in trace {
                if line.contains("reports at once") { refused += 1 }
                guard let match = line.wholeMatch(of: /[0-9]+ (batch .*): ([0-9]+) reports, ([0-9]+) of them kept/),
                    match.2 != "1"
                else { continue }
                taken.append(String(match.1))
                if match.3 != match.2, match.3 != "0" { partial += 1 }
            }
            batches += taken.count
            repeated += taken.count - Set(taken).count
        }
        print("batches \(batches), partly refused \(partial), refused as a whole \(refused), taken twice \(repeated)")
        #expect(batches > 0 && partial > 0 && refused > 0 && repeated > 0)
    }

    @Test("A case is read back from its text")
    func readsCases() {
        for seed: UInt64 in 0..<50 {
            let options = SimulationCase(seed: seed)
            #expect(SimulationCase("\(options)") == options)
        }
        #expect(SimulationCase("7") == SimulationCase(seed: 7))
        #expect(SimulationCase("x") == nil)
        #expect(SimulationCase("7 faults=thunder") == nil)
    }
}
