import SwarmAPI
import SwarmOperator
import Testing

@Suite struct DependencyPlanTests {
    private typealias Known = DependencyPlan.Known

    private func decide(_ name: String, _ dependsOn: [String], _ tasks: [String: Known]) -> DependencyPlan.Verdict {
        DependencyPlan.decide(name, dependsOn: dependsOn) { tasks[$0] }
    }

    @Test func `What has not arrived yet is told before what has not ended`() {
        #expect(
            decide("d", ["a", "b", "c"], ["b": Known(phase: .running)])
                == .waits(reason: "DependencyNotFound", message: "there is no SwarmTask a, c yet"))
        #expect(
            decide("d", ["a", "b"], ["a": Known(phase: .succeeded), "b": Known(phase: nil)])
                == .waits(reason: "WaitingForDependencies", message: "waits for b"))
        #expect(
            decide("d", ["a", "b"], ["a": Known(phase: .succeeded), "b": Known(phase: .succeeded)]) == .ready)
        #expect(decide("d", [], [:]) == .ready)
    }

    @Test func `A dependency that did not succeed fails the task, whatever the others do`() {
        #expect(
            decide("d", ["a", "b"], ["a": Known(phase: .queued), "b": Known(phase: .failed)])
                == .fails(reason: "DependencyFailed", message: "b failed"))
        #expect(
            decide("d", ["gone", "b"], ["b": Known(phase: .cancelled)])
                == .fails(reason: "DependencyFailed", message: "b was cancelled"))
    }

    @Test func `A cycle is told to each of its members, also when one has failed for it already`() {
        var tasks = [
            "a": Known(phase: .pending, dependsOn: ["b"]), "b": Known(phase: .pending, dependsOn: ["x", "c"]),
            "c": Known(phase: .pending, dependsOn: ["a"]), "x": Known(phase: .succeeded),
        ]
        let ways = ["a": "a → b → c → a", "b": "b → c → a → b", "c": "c → a → b → c"]
        for name in ["a", "b", "c"] {
            let expected = DependencyPlan.Verdict.fails(
                reason: "DependencyCycle", message: "spec.dependsOn leads back to the task: \(ways[name] ?? "")")
            #expect(decide(name, tasks[name]?.dependsOn ?? [], tasks) == expected)
            tasks[name]?.phase = .failed
        }
        #expect(
            decide("s", ["s"], ["s": Known(phase: nil, dependsOn: ["s"])])
                == .fails(reason: "DependencyCycle", message: "spec.dependsOn leads back to the task: s → s"))
    }

    @Test func `Who waits for a cycle is not in it`() {
        let tasks = ["a": Known(phase: nil, dependsOn: ["b"]), "b": Known(phase: nil, dependsOn: ["a"])]
        #expect(
            decide("d", ["a"], tasks) == .waits(reason: "WaitingForDependencies", message: "waits for a"))
    }

    @Test func `A long way round is shortened, and a long chain costs no stack`() {
        var tasks: [String: Known] = [:]
        for number in 0..<20_000 { tasks["t\(number)"] = Known(phase: nil, dependsOn: ["t\(number + 1)"]) }
        #expect(
            decide("t0", ["t1"], tasks) == .waits(reason: "WaitingForDependencies", message: "waits for t1"))
        tasks["t20000"] = Known(phase: nil, dependsOn: ["t0"])
        guard case .fails("DependencyCycle", let message) = decide("t0", ["t1"], tasks) else {
            Issue.record("no cycle")
            return
        }
        #expect(message.hasSuffix("t20000 → t0") && message.contains("t0 → t1 → ") && message.count < 300)
    }

    /// A diamond whose objects arrive in some order, each ending as soon as it may begin.
    private func run(_ order: [String], failing: String?) -> [String: SwarmTask.Phase] {
        let needs = ["top": [], "left": ["top"], "right": ["top"], "bottom": ["left", "right"]]
        var tasks: [String: Known] = [:]
        for name in order {
            tasks[name] = Known(phase: nil, dependsOn: needs[name] ?? [])
            var isSettled = false
            while !isSettled {
                isSettled = true
                for (name, known) in tasks where known.phase?.isFinal != true {
                    switch decide(name, known.dependsOn, tasks) {
                    case .waits: continue
                    case .ready: tasks[name]?.phase = name == failing ? .failed : .succeeded
                    case .fails: tasks[name]?.phase = .failed
                    }
                    isSettled = false
                }
            }
        }
        return tasks.compactMapValues(\.phase)
    }

    private func permutations(_ names: [String]) -> [[String]] {
        guard names.count > 1 else { return [names] }
        return names.flatMap { first in permutations(names.filter { $0 != first }).map { [first] + $0 } }
    }

    @Test func `In whatever order a diamond arrives, it ends in the same way`() {
        let orders = permutations(["top", "left", "right", "bottom"])
        #expect(orders.count == 24)
        for order in orders {
            #expect(Set(run(order, failing: nil).values) == [.succeeded])
            #expect(
                run(order, failing: "left")
                    == ["top": .succeeded, "left": .failed, "right": .succeeded, "bottom": .failed])
            #expect(Set(run(order, failing: "top").values) == [.failed])
        }
    }
}
