import Foundation
import StructuredData
import SwarmAPI
import TestSupport
import Testing

@Suite("Examples")
struct ExampleTests {
    private static let manifests = [
        "argus/swarm.yaml", "argus/echo.yaml", "argus/task.yaml", "fan-out/sweep.yaml",
    ]

    private func documents(_ name: String) throws -> [JSON] {
        let file = "\(Checkout.root)/Examples/\(name)"
        return try YAML.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
    }

    @Test(arguments: manifests)
    func `Each manifest reads as the object that it is`(name: String) throws {
        for document in try documents(name) {
            switch document["kind"] {
            case "AgentSwarm": #expect(try JSON(encoding: document.decode(AgentSwarm.self)) == document)
            case "SwarmTask": #expect(try JSON(encoding: document.decode(SwarmTask.self)) == document)
            default: Issue.record("\(name): \(document["kind"] ?? .null)")
            }
        }
    }

    @Test func `Argus's schemas are those that its agents print`() async throws {
        let outcome = try await ChildProgram.run(BuiltProgram.path("agent-runner"), ["list", "--schemas"])
        let printed = try JSON.parse(outcome.output)
        let declared = try #require(try documents("argus/swarm.yaml")[0]["spec"]?["taskTypes"]?.arrayValue)
        #expect(declared.map { $0["name"] } == ["market-analysis", "risk-assessment", "advisory"])
        for type in declared {
            let name = try #require(type["name"]?.stringValue)
            let schema = try #require(printed[name]?["inputSchema"])
            #expect(type["inputSchema"] == schema, "\(name)")
        }
    }
}
