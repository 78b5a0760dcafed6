import ArgumentParser
import ProgramSupport
import StructuredData
import TaskProtocol

struct Watch: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ClientOptions.environmentOptions

    static let configuration = CommandConfiguration(
        abstract: "Follow tasks to their ends.",
        discussion: """
            Examples:
              das watch my-task
              das watch my-task my-other-task -o json   # a line of JSON for each change

            Says each change as it comes, and ends when all have ended; with 1 where one did not succeed.
            """)

    @Argument(help: "Tasks, by the names of their SwarmTasks or by their ids.")
    var tasks: [String]

    @OptionGroup var client: ClientOptions

    @Option(name: .customShort("o"), help: "table or json.")
    var output: OutputFormat = .table

    func validate() throws {
        guard output == .table || output == .json else { throw ValidationError("-o must be table or json here") }
    }

    func run() async throws {
        let output = output
        try await client.connect { session in
            var ids: [String] = []
            for name in tasks { ids.append(try await session.taskID(name)) }
            let follower = TaskFollower(session: session) { task in
                let json = try? JSON(encoding: task).text()
                TerminalOutput.write((output == .json ? json ?? "" : TaskText.line(task)) + "\n")
            }
            let ended = try await withThrowingTaskGroup(of: TaskView.self) { group in
                for (id, name) in zip(ids, tasks) { group.addTask { try await follower.follow(id, named: name) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for task in ended { try task.requireSuccess() }
        }
    }
}
