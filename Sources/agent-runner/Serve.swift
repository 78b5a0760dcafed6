import AgentRuntime
import ArgumentParser
import CurlTransport
import Glibc
import HTTPTransport
import Logging

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve as an agent, configured by the environment (the default).",
        discussion: """
            Leases tasks from the gateway and runs them until SIGTERM, which lets running tasks end for DAS_DRAIN_SECONDS,
            hands the others back, and exits 0.

            Each slot has a worker process, which is started ahead. One that crashes, that uses more memory than
            DAS_WORKER_MEMORY_MIB (0: no limit; default: what the container may use, but for 64 MiB) or that does not stop
            when it has to, is killed alone.

            TASKS IN ANY LANGUAGE, BY A COMMAND: DAS_EXEC is run for each task of the types in DAS_CAPABILITIES. It is
            split into words like a shell does, but by no shell: nothing in it is expanded.
              DAS_EXEC='python3 /app/task.py' DAS_CAPABILITIES=resize,thumbnail agent-runner
            It finds the input as JSON on standard input and writes the result as JSON to standard output (nothing: null).
            What it writes to standard error is log, line by line; a line that is a JSON object with the one member
            "progress" or "checkpoint" is not:
              {"progress": {"done": 3, "total": 10, "message": "reading"}}
              {"checkpoint": {"page": 3}}
            In its environment: DAS_TASK, DAS_TASK_TYPE, DAS_ATTEMPT (from 1), DAS_TIMEOUT_MS and DAS_TRACEPARENT where there
            are such, and where an earlier attempt saved a checkpoint, DAS_CHECKPOINT_FILE, which can be read once.
            Exit code 0: done. 65: failed, and would fail again. Any other, or a signal: failed, may be tried again. A
            command that fails may write {"code": "UPSTREAM_BUSY", "message": "…"} to standard output. A command
            that is to stop (its task was cancelled, its time is over, its lease is lost, the agent is drained) gets
            SIGTERM, with its whole process group, and SIGKILL after DAS_EXEC_GRACE_SECONDS (10; with the agent's own end
            in mind, fewer than 15). A checkpoint that it saves meanwhile counts, and so does a result, but after the
            time-out; exit code 0 without output is none. A forced cancellation and too much memory kill it at once. What
            it leaves running at its end is killed.

            TASKS IN ANY LANGUAGE, BY HTTP: to DAS_HTTP the input of each task is posted, as JSON.
              DAS_HTTP=http://127.0.0.1:8000/tasks DAS_CAPABILITIES=resize,thumbnail agent-runner
            In its headers: Das-Task, Das-Task-Type, Das-Attempt, Das-Timeout-Ms, traceparent.
            2xx: done, with the body as result. 408, 425, 429, 5xx: failed, may be tried again; 429 and 503 with
            "Retry-After: SECONDS" of up to 60 are called again within the same attempt, five times. Any other: failed for
            good. The body of a failure may be {"code": "…", "message": "…"}. A cancelled task's connection is closed.
            An answer of type application/x-ndjson is read line by line as it comes: {"progress": …}, {"checkpoint": …},
            {"output": "text"}, and last {"result": …} or {"error": {"code": "…", "message": "…", "retryable": true}}. After a
            checkpoint, the next attempt's body is {"input": …, "checkpoint": …}, as application/vnd.das.resume+json.
            """)

    func run() throws {
        let environment = Environment.current
        let configuration: AgentConfiguration
        do {
            configuration = try AgentConfiguration(environment: environment)
        } catch {
            throw CommandFailure(error.message)
        }
        let logger = try Self.logger(environment)
        let types =
            try BringYourOwn.workloads(environment, runsThem: false)?.types ?? Self.types(of: configuration, logger)

        let authorities = configuration.authoritiesFile.map { TLSConfiguration.Material.file($0) }
        let transport = CurlTransport.Configuration(tls: TLSConfiguration(authorities: authorities))
        let service = AgentService(
            configuration, types: types, transport: CurlTransport(transport),
            heartbeatTransport: CurlTransport(transport),
            worker: WorkerCommand(stopGrace: try BringYourOwn.stopGrace(environment)), logger: logger)
        try TerminationSignals.handle { _ in service.terminate() }
        logger.info(
            "agent \(configuration.name) of swarm \(configuration.namespace)/\(configuration.swarm) takes \(types.joined(separator: ", ")), \(configuration.concurrency) at a time"
        )
        Task {
            do {
                try await service.run()
                // Without clean-up at exit: the transports' threads are still there to trip over it.
                _exit(0)
            } catch {
                Program.complain("the agent cannot work: \(error)", exitCode: CommandFailure.workFailed)
            }
        }
        while true { pause() }
    }

    private static func logger(_ environment: [String: String]) throws -> Logger {
        let text = environment["DAS_LOG_LEVEL"] ?? "info"
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure("DAS_LOG_LEVEL is \"\(text)\", and must be one of \(levels)")
        }
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "agent-runner")
        logger.logLevel = level
        return logger
    }

    /// What the swarm asks for and this program knows.
    private static func types(of configuration: AgentConfiguration, _ logger: Logger) throws -> [String] {
        let known = AgentRunner.workloads().types
        guard let wanted = configuration.capabilities else { return known }
        let types = wanted.filter(known.contains)
        guard !types.isEmpty else {
            throw CommandFailure(
                "DAS_CAPABILITIES names none of the task types that this program knows: \(known.joined(separator: ", "))"
            )
        }
        let unknown = wanted.filter { !known.contains($0) }
        if !unknown.isEmpty {
            logger.warning("DAS_CAPABILITIES names unknown task types: \(unknown.joined(separator: ", "))")
        }
        return types
    }
}
