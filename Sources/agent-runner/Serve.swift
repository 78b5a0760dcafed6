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
        let types = try Self.types(of: configuration, logger)

        let authorities = configuration.authoritiesFile.map { TLSConfiguration.Material.file($0) }
        let transport = CurlTransport.Configuration(tls: TLSConfiguration(authorities: authorities))
        let service = AgentService(
            configuration, types: types, transport: CurlTransport(transport),
            heartbeatTransport: CurlTransport(transport), logger: logger)
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
