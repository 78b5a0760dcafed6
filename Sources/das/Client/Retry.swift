import ArgumentParser
import ProgramSupport
import StructuredData
import TaskProtocol

struct Retry: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ClientOptions.environmentOptions

    static let configuration = CommandConfiguration(
        abstract: "Run tasks that have ended anew.",
        discussion: """
            Examples:
              das retry my-task
              das retry $(das get --phase Failed -o json | jq -r '.tasks[].id')

            Makes a new task with the same input, labelled with the old one, which stays as it ended.
            """)

    @Argument(help: "Tasks, by the names of their SwarmTasks or by their ids.")
    var tasks: [String]

    @OptionGroup var client: ClientOptions
    @OptionGroup var format: OutputOption

    func run() async throws {
        try await client.connect { session in
            var made: [TaskView] = []
            for name in tasks {
                let id = try await session.taskID(name)
                made.append(try await session.gateway.retry(id, namespace: session.namespace))
            }
            format.output.show(["tasks": try JSON(encoding: made)]) { TaskText.table(made, isWide: $0) }
        }
    }
}
