package import ArgumentParser

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The way from a program's arguments to its exit code.
package enum ProgramEntry {
    /// Parses the arguments, runs the command and exits.
    ///
    /// - Parameter explain: turns the errors of the program's own libraries into failures; `nil` leaves an error as it is.
    package static func run<Root: ParsableCommand>(
        _ root: Root.Type,
        explain: (any Error) -> CommandFailure? = { _ in nil }
    ) async -> Never {
        AllocatorSettings.apply()
        do {
            let arguments = try EnvironmentFlags.arguments(
                Array(CommandLine.arguments.dropFirst()), of: root, environment: ProcessEnvironment.current)
            var command = try root.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(0)
        } catch let failure as CommandFailure {
            complain(failure, program: root._commandName)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            if let failure = explain(error) { complain(failure, program: root._commandName) }
            let message = root.fullMessage(for: error)
            switch root.exitCode(for: error) {
            case .success:
                print(message)
                exit(0)
            case .validationFailure:
                StandardError.write(line: message)
                exit(CommandFailure.Kind.usage.rawValue)
            default:
                complain(CommandFailure(.failed, "\(error)"), program: root._commandName)
            }
        }
    }

    private static func complain(_ failure: CommandFailure, program: String) -> Never {
        StandardError.write(line: "\(program): \(failure.message)")
        exit(failure.kind.rawValue)
    }
}
