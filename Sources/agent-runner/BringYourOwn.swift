import AgentRuntime
import CurlTransport

/// Workloads in any language: `DAS_EXEC` names a command, `DAS_HTTP` an endpoint, either of which takes every task type of the
/// swarm in place of those that are built in.
enum BringYourOwn {
    /// After its grace a command is killed by its worker; the worker itself, where it does not do that, so much later.
    private static let workerGrace = Duration.seconds(2)

    /// How long a worker may go on after its attempt was asked to stop.
    /// - Throws: `CommandFailure` that names the variable.
    static func stopGrace(_ environment: [String: String]) throws(CommandFailure) -> Duration {
        guard environment["DAS_EXEC"]?.isEmpty == false else { return .zero }
        return try execGrace(environment) + workerGrace
    }

    private static func execGrace(_ environment: [String: String]) throws(CommandFailure) -> Duration {
        let name = "DAS_EXEC_GRACE_SECONDS"
        guard let text = environment[name], !text.isEmpty else { return .seconds(10) }
        guard let number = Int(text), (0...3600).contains(number) else {
            throw CommandFailure("\(name) is \"\(text)\", and must be a whole number from 0 to 3600")
        }
        return .seconds(number)
    }

    /// - Parameter runsThem: whether anything is to be run; an agent only wants to know the types.
    /// - Returns: `nil` where neither is set.
    /// - Throws: `CommandFailure` that names the variable.
    static func workloads(_ environment: [String: String], runsThem: Bool) throws(CommandFailure) -> WorkloadRegistry? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let make: (String) -> any Workload
        switch (value("DAS_EXEC"), value("DAS_HTTP")) {
        case (nil, nil): return nil
        case (_?, _?): throw CommandFailure("DAS_EXEC and DAS_HTTP are both set; an agent has one of them")
        case (let command?, nil):
            let words = try words(command)
            let grace = try execGrace(environment)
            make = { ExecWorkload(type: $0, command: words, grace: grace) }
        case (nil, let url?):
            guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
                throw CommandFailure("DAS_HTTP is \"\(url)\", and must begin with http:// or https://")
            }
            let transport = runsThem ? CurlTransport() : nil
            make = { HTTPWorkload(type: $0, url: url, transport: transport) }
        }
        let types = (value("DAS_CAPABILITIES") ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        guard types.contains(where: { !$0.isEmpty }) else {
            throw CommandFailure(
                "DAS_CAPABILITIES is not set: with DAS_EXEC or DAS_HTTP it names the task types, separated by commas")
        }
        return WorkloadRegistry(types.filter { !$0.isEmpty }.map { make(String($0)) })
    }

    private static func words(_ command: String) throws(CommandFailure) -> [String] {
        do {
            let words = try CommandLineWords.split(command)
            if words.isEmpty { throw CommandFailure("DAS_EXEC is blank, and must name a command") }
            return words
        } catch let error as CommandLineWords.Unclosed {
            throw CommandFailure("DAS_EXEC is \(command), and its last \(error.quote) has no end")
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("DAS_EXEC: \(error)")
        }
    }
}
