import KubernetesModel
import StructuredData
import SwarmAPI
import Testing

@Suite struct CustomResourceDefinitionTests {
    /// Every schema node with its path, depth first.
    private func nodes(_ schema: JSON, _ path: String = "") -> [(path: String, node: JSON)] {
        var found = [(path, schema)]
        for (name, property) in schema["properties"]?.objectValue ?? [:] {
            found += nodes(property, "\(path)/\(name)")
        }
        if let items = schema["items"] { found += nodes(items, "\(path)/*") }
        return found
    }

    private func definition(_ file: String) throws -> JSON {
        try #require(CustomResourceDefinitions.files.first { $0.name == file }).definition
    }

    private func schema(_ definition: JSON) throws -> JSON {
        try #require(definition["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"])
    }

    @Test(arguments: CustomResourceDefinitions.files.map(\.name))
    func `Every list has a list type, and a bound on its length where it is specified`(file: String) throws {
        let definition = try definition(file)
        for (path, node) in nodes(try schema(definition)) where node["type"] == "array" {
            #expect(node["x-kubernetes-list-type"] != nil, "\(path)")
            #expect(node["maxItems"] != nil, "\(path)")
            if node["x-kubernetes-list-type"] == "map" {
                let keys = node["x-kubernetes-list-map-keys"]?.arrayValue?.compactMap(\.stringValue) ?? []
                let required = node["items"]?["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
                #expect(!keys.isEmpty && Set(keys).isSubset(of: required), "\(path)")
            }
        }
    }

    @Test(arguments: CustomResourceDefinitions.files.map(\.name))
    func `Every field is described, for kubectl explain`(file: String) throws {
        let definition = try definition(file)
        let plain: Set = ["/apiVersion", "/kind", "/metadata"]
        for (path, node) in nodes(try schema(definition)) where !plain.contains(path) {
            #expect(node["description"]?.stringValue?.isEmpty == false, "\(path)")
        }
    }

    @Test(arguments: CustomResourceDefinitions.files.map(\.name))
    func `A new object's status never looks current`(file: String) throws {
        let definition = try definition(file)
        let status = try #require(try schema(definition)["properties"]?["status"])
        #expect(status["default"] == ["observedGeneration": -1])
    }

    @Test(arguments: CustomResourceDefinitions.files.map(\.name))
    func `A definition stays below what a real API server takes`(file: String) throws {
        let definition = try definition(file)
        #expect(definition.serialized().count < 256 << 10)
    }

    @Test func `A swarm with nothing but capabilities means what the schema's defaults say`() throws {
        let swarm = try JSON.parse(
            #"{"apiVersion":"das.brashlabs.io/v1alpha1","kind":"AgentSwarm","metadata":{"name":"a"},"spec":{"capabilities":["echo"]}}"#
        ).decode(AgentSwarm.self)
        let scaling = try #require(
            try schema(CustomResourceDefinitions.agentSwarms)["properties"]?["spec"]?["properties"]?["scaling"]?[
                "properties"])
        #expect(scaling["minAgents"]?["default"]?.intValue == swarm.minAgents)
        #expect(scaling["maxAgents"]?["default"]?.intValue == swarm.maxAgents)
        #expect(scaling["idleSeconds"]?["default"]?.intValue == swarm.idleSeconds)
        let objective = scaling["objective"]?["properties"]
        #expect(objective?["waitSeconds"]?["default"]?.intValue == SwarmDefaults.objectiveWaitSeconds)
        #expect(objective?["percentile"]?["default"]?.intValue == SwarmDefaults.objectivePercentile)
        let stabilization = scaling["stabilizationSeconds"]?["properties"]
        #expect(stabilization?["up"]?["default"]?.intValue == SwarmDefaults.stabilizationUpSeconds)
        #expect(stabilization?["down"]?["default"]?.intValue == SwarmDefaults.stabilizationDownSeconds)
        let agent = try schema(CustomResourceDefinitions.agentSwarms)["properties"]?["spec"]?["properties"]?["agent"]?[
            "properties"]
        #expect(agent?["network"]?["default"]?["mode"]?.stringValue == swarm.networkMode.rawValue)
        #expect(swarm.drainSeconds == SwarmDefaults.timeoutSeconds)
        #expect(swarm.taskType("echo")?.name == "echo")
        #expect(swarm.taskType("other") == nil)
    }

    @Test func `A swarm's table shows its numbers first, and the rest where it is asked for`() throws {
        let version = try #require(CustomResourceDefinitions.agentSwarms["spec"]?["versions"]?[0])
        let columns = version["additionalPrinterColumns"]?.arrayValue ?? []
        let first = columns.filter { $0["priority"] == nil }.compactMap { $0["name"]?.stringValue }
        #expect(first == ["Agents", "Ready", "Busy", "Desired", "Queue", "Wait", "Age"])
        #expect(columns.count > first.count)
        #expect(version["subresources"]?["scale"]?["labelSelectorPath"] == ".status.selector")
        #expect(CustomResourceDefinitions.agentSwarms["spec"]?["names"]?["categories"] == ["das"])
    }

    @Test func `Objects read as they were written`() throws {
        let text = #"""
            {"apiVersion":"das.brashlabs.io/v1alpha1","kind":"SwarmTask","metadata":{"name":"t","namespace":"default"},
             "spec":{"type":"echo","input":{"result":{"deep":[1,2.5,null]}},
             "inputFrom":[{"path":"/csv","as":"text","configMapKeyRef":{"name":"c","key":"k"}}],
             "retry":{"limit":2}},"status":{"observedGeneration":-1}}
            """#
        let json = try JSON.parse(text)
        let task = try json.decode(SwarmTask.self)
        #expect(try JSON(encoding: task) == json)
        #expect(!task.isFinished)
    }
}
