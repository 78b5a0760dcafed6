import AgentRuntime
import ArgumentParser
import FoundationEssentials
import Glibc
import ProgramSupport
import StructuredData

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one task here, with no cluster: JSON in, JSON out.",
        discussion: """
            Examples:
              agent-runner run market-analysis --input prices.json --output analysis.json
              agent-runner run market-analysis --input - < prices.json

            An input of market-analysis may name files, relative to the input file (to here with --input -):
              {"inputs": [{"name": "SPX", "file": "sp500-daily-ohlcv.csv"}], "params": {"statistics": true}}

            Exits with 1 where the answer is "rejected" or the workload fails.
            """)

    @Argument(help: "The task type; `agent-runner list` shows those there are.")
    var type: String

    @Option(name: .shortAndLong, help: "The file that holds the input, or - for standard input.")
    var input: String

    @Option(name: .shortAndLong, help: "Where the answer goes; standard output if not given.")
    var output: String?

    func run() throws {
        let directory = input == "-" ? "." : URL(filePath: input).deletingLastPathComponent().path
        let workloads = AgentRunner.workloads(files: directory)
        guard let workload = workloads[type] else {
            throw CommandFailure(
                "there is no task type \"\(type)\"; there are \(workloads.types.joined(separator: ", "))")
        }
        let input = try readInput()
        let answer: JSON
        do {
            answer = try workload.run(input, context: .standalone(onProgress: progress))
        } catch {
            throw CommandFailure("\(type) failed: \(error)", exitCode: CommandFailure.workFailed)
        }
        try write(answer)
        if let rejection = workload.rejection(of: answer) {
            throw CommandFailure("the input was rejected: \(rejection.message)", exitCode: CommandFailure.workFailed)
        }
    }

    private func readInput() throws -> JSON {
        let name = InputFile.name(input)
        do {
            return try JSON.parse(try InputFile.read(input))
        } catch let error as JSONParseError {
            throw CommandFailure("\(name) is not JSON: \(error)", exitCode: CommandFailure.workFailed)
        } catch {
            throw CommandFailure("\(name) cannot be read: \(error)")
        }
    }

    /// Whole and readable on a terminal; on one line for programs.
    private func write(_ answer: JSON) throws {
        let forPeople = output == nil && isatty(STDOUT_FILENO) == 1
        let text = answer.text(forPeople ? .pretty : []) + "\n"
        guard let output else { return print(text, terminator: "") }
        do {
            try Data(text.utf8).write(to: URL(filePath: output), options: .atomic)
        } catch {
            throw CommandFailure("\(output) cannot be written: is there such a directory, and may you write to it?")
        }
    }

    private var progress: @Sendable (Int64, Int64?, String?) -> Void {
        guard isatty(STDERR_FILENO) == 1 else { return { _, _, _ in } }
        return { done, total, message in
            let parts = ["\(done)" + (total.map { " of \($0)" } ?? ""), message].compactMap { $0 }
            Program.writeError(parts.joined(separator: ": "))
        }
    }
}
