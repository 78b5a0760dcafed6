import AgentRuntime
import ArgumentParser
import Argus
import Glibc

/// The program's entry, synchronous up to here: signals must be blocked before any other thread exists.
@main
enum Program {
    static func main() {
        LinearAlgebraThreads.end()
        do {
            // The probe of every agent's pod, each two seconds: to read a command line takes an eighth of its time.
            if CommandLine.arguments.dropFirst().elementsEqual(["ready"]) { return try Ready().run() }
            var command = try AgentRunner.parseAsRoot()
            try command.run()
        } catch let failure as CommandFailure {
            complain(failure.message, exitCode: failure.exitCode)
        } catch let exitCode as ExitCode {
            exit(exitCode.rawValue)
        } catch {
            let exitCode = AgentRunner.exitCode(for: error)
            let message = AgentRunner.fullMessage(for: error)
            if exitCode == .success {
                print(message)
                exit(0)
            }
            writeError(message)
            exit(exitCode == .validationFailure ? CommandFailure.wrongUsage : exitCode.rawValue)
        }
    }

    static func complain(_ message: String, exitCode: Int32) -> Never {
        writeError("agent-runner: \(message)")
        exit(exitCode)
    }

    /// Writes one line to standard error.
    static func writeError(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

/// Ends the program with one line that says what to do.
struct CommandFailure: Error {
    static let workFailed: Int32 = 1
    static let wrongUsage: Int32 = 2

    var message: String
    var exitCode: Int32

    init(_ message: String, exitCode: Int32 = CommandFailure.wrongUsage) {
        self.message = message
        self.exitCode = exitCode
    }
}

struct AgentRunner: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent-runner",
        abstract: "Runs tasks: as an agent of a swarm, or one of them here and now.",
        discussion: """
            Examples:
              agent-runner run market-analysis --input prices.json
              echo '{"result": {"hello": "world"}}' | agent-runner run echo --input -
              agent-runner list --schemas

            Without arguments it serves as an agent, and finds in its environment what it needs:
              DAS_GATEWAY_URL, DAS_TOKEN_FILE, DAS_NAMESPACE, DAS_SWARM, DAS_AGENT;
              and if given: DAS_CA_FILE, DAS_CAPABILITIES, DAS_CONCURRENCY, DAS_DRAIN_SECONDS, DAS_LOG_LEVEL,
              DAS_WORKER_MEMORY_MIB.
            With DAS_EXEC or DAS_HTTP the tasks are done by a command or an HTTP endpoint of yours, in any language:
              DAS_EXEC='python3 /app/task.py'
              DAS_HTTP=http://127.0.0.1:8000/tasks
            `agent-runner serve --help` says how.

            Exit codes: 0 done, 1 the work failed, 2 wrong usage.
            """,
        version: AgentService.version,
        subcommands: [Serve.self, Run.self, List.self, Ready.self, Worker.self],
        defaultSubcommand: Serve.self)

    /// - Parameter files: the directory that a `"file"` input is relative to; `nil`: there are none.
    static func workloads(files: String? = nil) -> WorkloadRegistry {
        WorkloadRegistry([EchoWorkload()] + ArgusTaskType.all.map { ArgusWorkload(task: $0, files: files) })
    }
}
