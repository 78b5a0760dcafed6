internal import FoundationEssentials
internal import StructuredData
internal import Subprocess
internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Runs credential plugins as child processes.
///
/// A plugin that gets no terminal leads a process group of its own, and what it says on standard error becomes part of the error.
/// One that gets the terminal stays in the client's group, since the terminal listens to no other, and speaks to the
/// person there.
enum PluginProcess {
    private static let maxOutputBytes = 1 << 20
    /// The end of what a plugin said, for the error.
    private static let maxErrorBytes = 4 << 10
    /// Between the request to end and the end by force.
    private static let graceSeconds = 1.0

    private struct Outcome: Sendable {
        var status: TerminationStatus
        var output: [UInt8]
    }

    /// - Returns: What the plugin wrote.
    static func run(_ plugin: CredentialPlugin) async throws -> [UInt8] {
        let isInteractive = try isInteractive(plugin, hasTerminal: isatty(STDIN_FILENO) == 1)
        let limit = isInteractive ? CredentialPlugin.interactiveTimeLimitSeconds : plugin.timeLimitSeconds
        let errors = ErrorTail(limit: maxErrorBytes)
        let outcome: Outcome?
        do {
            outcome = try await withThrowingTaskGroup(of: Outcome?.self) { group in
                group.addTask { try await spawn(plugin, isInteractive: isInteractive, errors) }
                group.addTask {
                    try await Task.sleep(for: .seconds(limit))
                    return nil
                }
                // Ends the plugin where the time was up first.
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        } catch let problem as SubprocessError {
            try Task.checkCancellation()
            throw error(plugin, cannotRun(problem, plugin), errors)
        }
        try Task.checkCancellation()
        switch outcome?.status {
        case .exited(0)?: return outcome?.output ?? []
        case .exited(let code)?: throw error(plugin, "ended with exit code \(code)", errors)
        case .signaled(let signal)?: throw error(plugin, "was ended by signal \(signal)", errors)
        case nil: throw error(plugin, "was not done within \(limit) s", errors)
        }
    }

    static func isInteractive(_ plugin: CredentialPlugin, hasTerminal: Bool) throws(KubernetesClientError) -> Bool {
        switch plugin.interactiveMode {
        case .never: return false
        case .ifAvailable: return hasTerminal
        case .always:
            guard hasTerminal else {
                throw KubernetesClientError(
                    .credentials,
                    "the credential plugin \"\(plugin.command)\" asks for a terminal (interactiveMode: Always), and standard "
                        + "input is none; run this at a terminal, or use other credentials")
            }
            return true
        }
    }

    private static func spawn(
        _ plugin: CredentialPlugin, isInteractive: Bool, _ errors: ErrorTail
    ) async throws -> Outcome {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in plugin.environment {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        variables["KUBERNETES_EXEC_INFO"] = String(
            decoding: plugin.request(isInteractive: isInteractive).serialized(), as: UTF8.self)
        var options = PlatformOptions()
        if !isInteractive { options.processGroupID = 0 }
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: !isInteractive, allowedDurationToNextStep: .seconds(graceSeconds))
        ]
        let configuration = Subprocess.Configuration(
            executable: plugin.command.contains("/") ? .path(FilePath(plugin.command)) : .name(plugin.command),
            arguments: Arguments(plugin.arguments), environment: .custom(variables), platformOptions: options)
        guard !isInteractive else {
            let result = try await Subprocess.run(
                configuration, input: .currentStandardInput, output: .bytes(limit: maxOutputBytes),
                error: .currentStandardError)
            return Outcome(status: result.terminationStatus, output: result.standardOutput)
        }
        let result = try await Subprocess.run(
            configuration, input: .none, output: .bytes(limit: maxOutputBytes), error: .sequence
        ) { execution in
            for try await buffer in execution.standardError { buffer.withUnsafeBytes { errors.append($0) } }
        }
        return Outcome(status: result.terminationStatus, output: result.standardOutput)
    }

    private static func cannotRun(_ problem: SubprocessError, _ plugin: CredentialPlugin) -> String {
        let isMissing =
            problem.code == .executableNotFound
            || plugin.command.contains("/") && !FileManager.default.fileExists(atPath: plugin.command)
        if isMissing {
            let place = plugin.command.contains("/") ? "there is no such file" : "it is not in PATH"
            return "cannot be found: \(place)"
        }
        if problem.code == .outputLimitExceeded { return "wrote more than \(maxOutputBytes) bytes" }
        return "cannot be run: \(problem)"
    }

    private static func error(
        _ plugin: CredentialPlugin, _ reason: String, _ errors: ErrorTail
    ) -> KubernetesClientError {
        var message = "the credential plugin \"\(plugin.command)\" \(reason)"
        let said = errors.text
        if !said.isEmpty { message += "; it said: \(said)" }
        if reason.hasPrefix("cannot be found"), let hint = plugin.installHint {
            message += "\n" + hint.split(separator: "\n").joined(separator: "\n")
        }
        return KubernetesClientError(.credentials, message)
    }
}

/// The end of a text that arrives in pieces.
private final class ErrorTail: Sendable {
    private let limit: Int
    private let bytes = Mutex<[UInt8]>([])

    init(limit: Int) { self.limit = limit }

    func append(_ piece: UnsafeRawBufferPointer) {
        bytes.withLock { bytes in
            bytes.append(contentsOf: piece)
            if bytes.count > limit { bytes.removeFirst(bytes.count - limit) }
        }
    }

    /// On one line, since it becomes part of one.
    var text: String {
        let bytes = bytes.withLock { $0 }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}
