import AgentRuntime
import ArgumentParser
import Argus
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
              agent-runner run risk-assessment --input book.json --output report.html
              agent-runner run advisory --input portfolio.json --output frontier.svg

            An input of market-analysis may name files, relative to the input file (to here with --input -):
              {"inputs": [{"name": "SPX", "file": "sp500-daily-ohlcv.csv"}], "params": {"statistics": true}}

            An output that ends in .html is a report to read and print, one that ends in .svg its pictures; else it is JSON.

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
        let form = try OutputForm(output: output, type: type)
        let input = try readInput()
        let answer: JSON
        do {
            answer = try workload.run(input, context: .standalone(onProgress: progress))
        } catch {
            throw CommandFailure("\(type) failed: \(error)", exitCode: CommandFailure.workFailed)
        }
        let rejection = workload.rejection(of: answer)
        switch form {
        case .json: try write(text(of: answer))
        case .html, .svg:
            if rejection != nil { break }
            let environment = ArgusWorkload.environment(files: directory)
            guard let report = ArgusReport(taskType: type, input: input, answer: answer, environment: environment)
            else {
                throw CommandFailure(
                    "the input's files have changed while they were read; run it again",
                    exitCode: CommandFailure.workFailed)
            }
            try write(form == .html ? report.html : report.svg)
        }
        if let rejection {
            throw CommandFailure("the input was rejected: \(rejection.message)", exitCode: CommandFailure.workFailed)
        }
    }

    /// What the output is written as.
    private enum OutputForm {
        case json, html, svg

        init(output: String?, type: String) throws {
            switch output.map({ URL(filePath: $0).pathExtension.lowercased() }) {
            case "html", "htm": self = .html
            case "svg": self = .svg
            default: self = .json
            }
            if self != .json, !ArgusReport.taskTypes.contains(type) {
                throw CommandFailure(
                    "\(type) has no report; reports are made of \(ArgusReport.taskTypes.joined(separator: ", ")). "
                        + "Give an output that ends in .json")
            }
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
    private func text(of answer: JSON) -> String {
        let forPeople = output == nil && isatty(STDOUT_FILENO) == 1
        return answer.text(forPeople ? .pretty : []) + "\n"
    }

    private func write(_ text: String) throws {
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
