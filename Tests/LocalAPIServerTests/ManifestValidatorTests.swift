import StructuredData
import SwarmAPI
import Testing

@testable import LocalAPIServer

@Suite struct ManifestValidatorTests {
    private let validator = ManifestValidator(definitions: CustomResourceDefinitions.all)

    private func swarm(_ spec: JSON, name: JSON = "s") -> JSON {
        [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "AgentSwarm", "metadata": ["name": name], "spec": spec,
        ]
    }

    @Test func `What the server would take has no problems`() {
        #expect(validator.problems(of: swarm(["capabilities": ["echo"]])) == [])
        var generated = swarm(["capabilities": ["echo"]])
        generated["metadata"] = ["generateName": "s-"]
        #expect(validator.problems(of: generated) == [])
    }

    @Test func `Fields, types, ranges and rules are checked, and each problem names its field`() throws {
        let cases: [(spec: JSON, mentions: String)] = [
            (["capabilities": ["echo"], "colour": "red"], "spec.colour"),
            (["capabilities": "echo"], "spec.capabilities"),
            (["capabilities": ["echo"], "agent": ["concurrency": 0]], "spec.agent.concurrency"),
            (["capabilities": ["echo"], "scaling": ["minAgents": 3, "maxAgents": 2]], "minAgents"),
            ([:], "spec.capabilities"),
        ]
        for (spec, mentions) in cases {
            let problems = try #require(validator.problems(of: swarm(spec)))
            #expect(problems.contains { $0.contains(mentions) }, "\(spec): \(problems)")
        }
        let unnamed = try #require(validator.problems(of: swarm(["capabilities": ["echo"]], name: "No_Name")))
        #expect(unnamed.contains { $0.contains("metadata.name") }, "\(unnamed)")
    }

    @Test func `Other groups are left alone, and unknown kinds of ours are not`() {
        #expect(validator.problems(of: ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "s"]]) == nil)
        let unknown = validator.problems(of: ["apiVersion": "das.brashlabs.io/v1alpha1", "kind": "Swarm"])
        #expect(unknown?.first?.contains("there is no kind Swarm") == true)
        let older = validator.problems(of: ["apiVersion": "das.brashlabs.io/v1", "kind": "AgentSwarm"])
        #expect(older?.first?.contains("das.brashlabs.io/v1alpha1 AgentSwarm") == true)
        #expect(validator.problems(of: "text") != nil)
        #expect(validator.problems(of: ["kind": "AgentSwarm"]) == ["apiVersion and kind are required"])
    }
}
