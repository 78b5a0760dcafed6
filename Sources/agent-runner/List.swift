import AgentRuntime
import ArgumentParser
import StructuredData

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the task types that this program knows.",
        discussion: """
            Examples:
              agent-runner list
              agent-runner list --schemas      as JSON, with the schema of each type's input and output
            """)

    @Flag(help: "Print JSON with the schemas of inputs and outputs.")
    var schemas = false

    func run() throws {
        let workloads = AgentRunner.workloads()
        guard schemas else {
            for type in workloads.types { print(type) }
            return
        }
        var all = JSONObject()
        for type in workloads.types {
            guard let workload = workloads[type] else { continue }
            all[type] = ["inputSchema": workload.inputSchema, "outputSchema": workload.outputSchema]
        }
        print(JSON.object(all).text(.pretty))
    }
}
