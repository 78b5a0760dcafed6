import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

extension Scenarios {
    /// What becomes of tasks.
    @Suite struct TaskScenarios {
        @Test func `A failed attempt is tried again, and what cannot succeed is not`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                let retry: JSON = ["retry": ["limit": 2, "backoffSeconds": 1]]
                try await scenario.task("again", ["fail": "retryable", "failAttempts": 1, "result": 1], more: retry)
                try await scenario.task("never", ["fail": "permanent"], more: retry)
                try await scenario.task("crash", ["fail": "crash", "failAttempts": 1, "result": 2], more: retry)
                let again = try await scenario.ended("again")
                #expect(again.status?.phase == .succeeded && again.status?.attempts == 2)
                let never = try await scenario.ended("never")
                #expect(never.status?.phase == .failed && never.status?.attempts == 1)
                #expect(never.status?.conditions?["Stalled"]?.status == "True")
                let crash = try await scenario.ended("crash")
                #expect(crash.status?.phase == .succeeded && crash.status?.attempts == 2)
            }
        }

        @Test func `An attempt ends at its time-out, and its agent is free again`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task(
                    "hangs", ["fail": "hang", "failAttempts": 9],
                    more: ["timeoutSeconds": 2, "retry": ["limit": 0]])
                let hung = try await scenario.ended("hangs")
                #expect(hung.status?.phase == .failed && hung.status?.attempts == 1)
                try await scenario.task("next", ["result": 1])
                #expect(try await scenario.ended("next").status?.phase == .succeeded)
            }
        }

        @Test func `A running task is cancelled through its object, and its agent is free again`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task("long", ["delayMs": 600_000])
                try await scenario.running("long")
                try await scenario.change(SwarmTask.self, "long", ["spec": ["cancel": true]])
                #expect(try await scenario.ended("long").status?.phase == .cancelled)
                try await scenario.task("next", ["result": 1])
                #expect(try await scenario.ended("next").status?.phase == .succeeded)
            }
        }

        @Test func `A running task whose object is deleted is stopped, and its agent is free again`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task("long", ["delayMs": 600_000])
                try await scenario.running("long")
                try await scenario.client.delete(SwarmTask.self, "long", namespace: scenario.namespace)
                try await scenario.task("next", ["result": 1])
                #expect(try await scenario.ended("next").status?.phase == .succeeded)
            }
        }

        @Test func `A suspended task waits, and runs when it is resumed`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task("held", ["result": 1], more: ["suspend": true])
                try await scenario.task("other", ["result": 2])
                try await scenario.ended("other")
                let held = try await scenario.client.get(SwarmTask.self, "held", namespace: scenario.namespace)
                #expect(!held.isFinished && held.status?.attempts ?? 0 == 0)
                try await scenario.change(SwarmTask.self, "held", ["spec": ["suspend": false]])
                #expect(try await scenario.ended("held").status?.phase == .succeeded)
            }
        }

        @Test func `A task that no swarm takes says why, and is taken by the first that does`() async throws {
            try await Scenario.run { scenario in
                try await scenario.task("early", ["result": 1])
                let waiting = try await scenario.object(SwarmTask.self, "early") { $0.status?.phase == .pending }
                #expect(waiting.status?.message?.contains("echo") == true, "\(waiting.status?.message ?? "")")
                try await scenario.swarm()
                #expect(try await scenario.ended("early").status?.phase == .succeeded)
            }
        }

        @Test func `An input that breaks the swarm's schema is refused with the place where it does`() async throws {
            try await Scenario.run { scenario in
                let schema: JSON = ["type": "object", "properties": ["result": ["type": "integer", "maximum": 10]]]
                try await scenario.swarm(more: ["taskTypes": [["name": "echo", "inputSchema": schema]]])
                try await scenario.task("right", ["result": 10])
                try await scenario.task("wrong", ["result": 11])
                let wrong = try await scenario.ended("wrong")
                #expect(wrong.status?.phase == .failed && wrong.status?.attempts ?? 0 == 0)
                #expect(wrong.status?.message?.contains("/result") == true, "\(wrong.status?.message ?? "")")
                #expect(try await scenario.ended("right").status?.phase == .succeeded)
            }
        }

        @Test func `Of waiting tasks the one with the higher priority goes first`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task("busy", ["delayMs": 8000])
                try await scenario.running("busy")
                try await scenario.task("low", ["delayMs": 200], more: ["priority": -10])
                try await scenario.task("high", ["delayMs": 200], more: ["priority": 10])
                for name in ["low", "high"] {
                    try await scenario.object(SwarmTask.self, name) { ($0.status?.phase ?? .pending) != .pending }
                }
                let low = try await scenario.ended("low")
                let high = try await scenario.client.get(SwarmTask.self, "high", namespace: scenario.namespace)
                #expect(low.status?.phase == .succeeded && high.status?.phase == .succeeded)
            }
        }

        @Test func `A task with the key of one that succeeded takes over its result`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task("first", ["result": 1], more: ["dedupKey": "once"])
                try await scenario.ended("first")
                try await scenario.task("second", ["result": 2], more: ["dedupKey": "once"])
                let second = try await scenario.ended("second")
                #expect(second.status?.phase == .succeeded && second.status?.result == 1)
            }
        }

        @Test func `A result that is too large for the object is referred to, with its checksum`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task("large", ["result": .string(String(repeating: "x", count: 20_000))])
                let large = try await scenario.ended("large")
                #expect(large.status?.result == nil)
                #expect(large.status?.resultRef?.bytes == 20_002)
                #expect(large.status?.resultRef?.sha256?.count == 64)
            }
        }

        @Test func `A task is deleted when its time after the end has passed`() async throws {
            try await Scenario.run { scenario in
                try await scenario.swarm()
                try await scenario.task("short", ["result": 1], more: ["ttlSecondsAfterFinished": 1])
                try await scenario.ended("short")
                try await scenario.objects(SwarmTask.self) { $0.isEmpty ? true : nil }
            }
        }
    }
}
