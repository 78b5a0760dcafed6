import ArgumentParser
import FoundationEssentials
import ProgramSupport
import StructuredData
import TaskProtocol

struct Submit: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ClientOptions.environmentOptions

    static let configuration = CommandConfiguration(
        abstract: "Give the queue a task.",
        discussion: """
            Examples:
              das submit echo --input '{"result": 42}' --wait
              das submit market-analysis -f input.json --swarm argus
              jq -n '{result: 1}' | das submit echo -f - --wait -o json

            Prints the task's id, or with --wait follows it to its end and prints its result. Exit codes: 1 the task was refused or
            has failed, 3 the gateway cannot be reached.
            """)

    @Argument(help: "The task's type.")
    var type: String

    @OptionGroup var client: ClientOptions

    @Option(name: .shortAndLong, help: "A file with the input, JSON or YAML; - for standard input.")
    var file: String?

    @Option(help: "The input itself, JSON.")
    var input: String?

    @Option(help: "Pin the task to this swarm.")
    var swarm: String?

    @Option(help: "Higher runs earlier: a step is worth 30 s of waiting.")
    var priority: Int?

    @Option(help: "A second task with this key is the first one again.")
    var dedupKey: String?

    @Option(help: "How long an attempt may take, in seconds.")
    var timeoutSeconds: Double?

    @Option(help: "How long the whole may take, in seconds from now.")
    var deadlineSeconds: Double?

    @Flag(help: "Wait for the end.")
    var wait = false

    @OptionGroup var format: OutputOption

    func validate() throws {
        guard file == nil || input == nil else {
            throw ValidationError("give the input with -f or with --input, not both")
        }
        for (flag, value) in [("--timeout-seconds", timeoutSeconds), ("--deadline-seconds", deadlineSeconds)] {
            guard value ?? 1 > 0, value ?? 1 < 1e9 else { throw ValidationError("\(flag) must be above 0") }
        }
    }

    func run() async throws {
        let submission = TaskSubmission(
            type: type, swarm: swarm, input: try givenInput(), priority: priority,
            deadlineMs: deadlineSeconds.map { Int64($0 * 1000) }, timeoutMs: timeoutSeconds.map { Int64($0 * 1000) },
            dedupKey: dedupKey)
        try await client.connect { session in
            let task = try await session.gateway.submit(submission, namespace: session.namespace)
            guard wait else {
                format.output.show(try JSON(encoding: task)) { _ in task.id }
                return
            }
            let follower = TaskFollower(session: session) { StandardError.write(line: TaskText.line($0)) }
            let ended = try await follower.follow(task.id)
            if ended.phase == .succeeded, format.output == .table || format.output == .wide {
                print(try await session.gateway.result(of: ended.id, namespace: session.namespace).text(.pretty))
            } else {
                format.output.show(try JSON(encoding: ended)) { _ in ended.id }
            }
            try ended.requireSuccess()
        }
    }

    private func givenInput() throws -> JSON? {
        if let input {
            do {
                return try JSON.parse(input)
            } catch {
                throw CommandFailure(.usage, "--input is no JSON: \(error)")
            }
        }
        guard let file else { return nil }
        let documents = try InputDocuments.read(file)
        guard documents.count == 1 else {
            throw CommandFailure(
                .usage, "\(InputFile.name(file)) holds \(documents.count) documents; a task has one input")
        }
        return documents[0]
    }
}
