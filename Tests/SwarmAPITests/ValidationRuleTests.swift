import CommonExpression
import StructuredData
import SwarmAPI
import Testing

@Suite("Rules of the objects")
struct ValidationRuleTests {
    private static func schema(_ definition: JSON) throws -> JSON {
        try #require(definition["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"])
    }

    private func details(_ definition: JSON, _ object: JSON, replacing old: JSON? = nil) throws -> [String] {
        let rules = try #require(RuleSet.make(try Self.schema(definition)))
        return RuleValidator.validate(object, replacing: old, by: rules).map { "\($0.path): \($0.detail)" }
    }

    @Test("A real API server would take the definitions", arguments: CustomResourceDefinitions.files.map(\.name))
    func admission(file: String) throws {
        let definition = try #require(CustomResourceDefinitions.files.first { $0.name == file }).definition
        let admission = RuleAdmission(try Self.schema(definition), path: "schema")
        #expect(admission.problems == [])
        #expect(!admission.costs.isEmpty)
        // Far from the edge, so that a field more does not cross it.
        for (path, cost) in admission.costs { #expect(cost <= RuleAdmission.ruleCostLimit / 10, "\(path)") }
        #expect(admission.totalCost <= RuleAdmission.schemaCostLimit / 10)
        #expect(definition.serialized().count < 256 << 10)
    }

    private static func swarm(name: String = "argus", _ spec: JSON) -> JSON {
        var spec = spec
        spec["capabilities"] = ["echo", "risk"]
        if spec["scaling"] == nil { spec["scaling"] = ["minAgents": 0, "maxAgents": 10] }
        return ["metadata": ["name": .string(name)], "spec": spec]
    }

    @Test("A swarm's name, its bounds and its task types fit")
    func swarms() throws {
        let definition = CustomResourceDefinitions.agentSwarms
        #expect(try details(definition, Self.swarm(["taskTypes": [["name": "echo"]]])) == [])
        #expect(
            try details(definition, Self.swarm(name: String(repeating: "a", count: 51), [:]))
                == ["metadata: the name of a swarm has at most 50 characters"])
        #expect(
            try details(definition, Self.swarm(["scaling": ["minAgents": 3, "maxAgents": 2]]))
                == ["spec.scaling: minAgents must not be greater than maxAgents"])
        #expect(
            try details(definition, Self.swarm(["taskTypes": [["name": "echo"], ["name": "other"]]]))
                == ["spec.taskTypes: the names of taskTypes must be among the capabilities"])
    }

    @Test("What is added to a restricted network is not said of one that the user sees to")
    func networks() throws {
        let definition = CustomResourceDefinitions.agentSwarms
        let egress: JSON = [["to": [["ipBlock": ["cidr": "10.0.0.0/8"]]]]]
        func details(_ network: JSON) throws -> [String] {
            try self.details(definition, Self.swarm(["agent": ["network": network]]))
        }
        #expect(try details(["mode": "Restricted", "egress": egress]) == [])
        #expect(try details(["mode": "Unmanaged"]) == [])
        #expect(
            try details(["mode": "Unmanaged", "egress": egress]) == [
                "spec.agent.network.egress: egress adds to what Restricted allows; with Unmanaged it would be without effect"
            ])
    }

    private static func task(_ spec: JSON) -> JSON {
        var spec = spec
        if spec["type"] == nil { spec["type"] = "echo" }
        if spec["cancel"] == nil { spec["cancel"] = false }
        return ["metadata": ["name": "t"], "spec": spec]
    }

    @Test("Of a task only suspend, cancel, priority and time to live can be changed, and cancelling is for good")
    func tasks() throws {
        let definition = CustomResourceDefinitions.swarmTasks
        let before = Self.task(["input": ["a": 1], "priority": 1, "retry": ["limit": 1]])
        let same: JSON = ["input": ["a": 1], "retry": ["limit": 1]]
        var free = same
        for (field, value) in [("suspend", true), ("cancel", true), ("priority", 5), ("ttlSecondsAfterFinished", 60)]
            as [(String, JSON)]
        {
            free[field] = value
        }
        #expect(try details(definition, Self.task(free), replacing: before) == [])
        for (field, value) in [
            ("type", "risk"), ("swarm", "argus"), ("input", ["a": 2]), ("dedupKey", "k"), ("deadlineSeconds", 5),
            ("timeoutSeconds", 5), ("retry", ["limit": 2]), ("dependsOn", ["a"]), ("fanOut", ["items": [1]]),
            ("inputFrom", [["path": "/a", "configMapKeyRef": ["name": "n", "key": "k"]]]),
        ] as [(String, JSON)] {
            var changed = same
            changed[field] = value
            #expect(
                try details(definition, Self.task(changed), replacing: before)
                    == ["spec.\(field): \(field) cannot be changed"])
        }
        #expect(
            try details(definition, Self.task(["input": ["a": 1]]), replacing: before)
                == ["spec.retry: retry cannot be changed"])
        #expect(
            try details(definition, Self.task(["cancel": false]), replacing: Self.task(["cancel": true]))
                == ["spec.cancel: a cancelled task stays cancelled"])
    }

    @Test("What a task fans out to cannot be changed, and has no dedup key")
    func fanOuts() throws {
        let definition = CustomResourceDefinitions.swarmTasks
        let range = Self.task(["fanOut": ["range": ["from": 1, "to": 3]]])
        #expect(try details(definition, range) == [])
        #expect(
            try details(definition, Self.task(["fanOut": ["range": ["from": 1, "to": 4]]]), replacing: range)
                == ["spec.fanOut: fanOut cannot be changed"])
        #expect(
            try details(definition, Self.task(["dedupKey": "k", "fanOut": ["items": [1]]]))
                == ["spec.dedupKey: a task with a fanOut has no dedupKey"])
    }

    @Test("A place of a task's input has one source")
    func sources() throws {
        let source: JSON = ["path": "/a", "configMapKeyRef": ["name": "n", "key": "k"]]
        let definition = CustomResourceDefinitions.swarmTasks
        #expect(try details(definition, Self.task(["inputFrom": [source]])) == [])
        #expect(
            try details(definition, Self.task(["inputFrom": [source, source]]))
                == ["spec.inputFrom: each path of the input can have one source"])
    }
}
