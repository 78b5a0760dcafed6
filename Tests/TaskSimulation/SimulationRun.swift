import Foundation
package import TaskStoreTesting

/// Runs simulations on a store; the one call that each store's tests make.
package enum SimulationRun {
    /// Names a case that is to be run alone, with its trace: a seed, or a case as a failure shows it.
    package static let variable = "DAS_SIMULATION_SEED"
    private static let longestTrace = 400
    private static let mostShrinkingRuns = 300

    /// Runs the cases of `seeds`, several at once, and shows that none breaks what a queue must keep to.
    /// - Parameter factory: makes an empty store; the argument is a seed for what the store draws for itself.
    /// - Throws: `SimulationFailure` for the first case that fails, made as simple as it fails still.
    package static func check(
        _ seeds: some Sequence<UInt64>, concurrently width: Int = 2,
        on factory: @escaping @Sendable (UInt64) -> StoreFactory
    ) async throws {
        if let text = ProcessInfo.processInfo.environment[variable] {
            guard let options = SimulationCase(text) else {
                throw SimulationFailure("\(variable) is neither a seed nor a case: \(text)")
            }
            let run = try await Simulation.run(options, on: factory(options.seed), isTraced: true)
            print(([String(describing: options)] + run.trace).joined(separator: "\n"))
            if let failure = run.failure { throw failure }
            return
        }
        guard let options = try await firstFailing(seeds, width, factory) else { return }
        throw try await explain(options, factory)
    }

    /// How many of `seeds` it takes to find that something is wrong; `nil`: it stays unfound.
    package static func seedsUntilFailure(
        _ seeds: some Sequence<UInt64>, on factory: @escaping @Sendable (UInt64) -> StoreFactory
    ) async throws -> (count: Int, failure: String)? {
        var count = 0
        for seed in seeds {
            count += 1
            if let failure = try await Simulation.run(SimulationCase(seed: seed), on: factory(seed)).failure {
                return (count, failure.description)
            }
        }
        return nil
    }

    /// What one case shows to be wrong; `nil`: nothing.
    package static func failure(of options: SimulationCase, on factory: StoreFactory) async throws -> String? {
        try await Simulation.run(options, on: factory).failure?.description
    }

    /// What happens in one case.
    package static func trace(of options: SimulationCase, on factory: StoreFactory) async throws -> [String] {
        try await Simulation.run(options, on: factory, isTraced: true).trace
    }

    private static func firstFailing(
        _ seeds: some Sequence<UInt64>, _ width: Int, _ factory: @escaping @Sendable (UInt64) -> StoreFactory
    ) async throws -> SimulationCase? {
        try await withThrowingTaskGroup(of: SimulationCase?.self) { group in
            var left = seeds.makeIterator()
            func add() {
                guard let seed = left.next() else { return }
                group.addTask {
                    let options = SimulationCase(seed: seed)
                    return try await Simulation.run(options, on: factory(seed)).failure.map { _ in options }
                }
            }
            for _ in 0..<width { add() }
            while let result = try await group.next() {
                if let failing = result {
                    group.cancelAll()
                    return failing
                }
                add()
            }
            return nil
        }
    }

    /// The simplest case found that fails, with what happens in it and how to see it again.
    private static func explain(
        _ options: SimulationCase, _ factory: @Sendable (UInt64) -> StoreFactory
    ) async throws -> SimulationFailure {
        guard try await Simulation.run(options, on: factory(options.seed)).failure != nil else {
            return SimulationFailure("the case failed once, and not when it was run again: \(options)")
        }
        var simplest = options
        var runs = 0
        while let simpler = try await simplify(simplest, factory, &runs) { simplest = simpler }
        let run = try await Simulation.run(simplest, on: factory(simplest.seed), isTraced: true)
        return SimulationFailure(
            """
            \(run.failure?.description ?? "")
            Seed \(options.seed) shows it; simplest case that does: \(simplest)
            Again: \(variable)='\(simplest)' make test FILTER=Simulation
            \(run.trace.suffix(longestTrace).joined(separator: "\n"))
            """)
    }

    /// A simpler case that fails as well, with its own seed or one nearby.
    private static func simplify(
        _ options: SimulationCase, _ factory: @Sendable (UInt64) -> StoreFactory, _ runs: inout Int
    ) async throws -> SimulationCase? {
        for simpler in options.simpler {
            for offset: UInt64 in 0..<4 where runs < mostShrinkingRuns {
                runs += 1
                var candidate = simpler
                candidate.seed &+= offset
                let run = try await Simulation.run(candidate, on: factory(candidate.seed))
                if run.failure != nil { return candidate }
            }
        }
        return nil
    }
}
