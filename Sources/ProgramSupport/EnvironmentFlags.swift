package import ArgumentParser

/// A command whose options can also be given in the environment, as `DAS_` and the option's name in upper case.
package protocol EnvironmentConfigurable: ParsableCommand {
    /// Options that take a value, without dashes: `data-dir`.
    static var environmentOptions: [String] { get }
    /// Flags without a value; set by `true`, `yes` or `1`.
    static var environmentFlags: [String] { get }
}

extension EnvironmentConfigurable {
    package static var environmentFlags: [String] { [] }
}

/// Adds to the arguments what the environment says and the arguments do not.
enum EnvironmentFlags {
    static func arguments<Root: ParsableCommand>(
        _ arguments: [String], of root: Root.Type, environment: [String: String]
    ) throws -> [String] {
        var command: any ParsableCommand.Type = root
        for argument in arguments {
            guard !argument.hasPrefix("-"),
                let next = command.configuration.subcommands.first(where: { $0._commandName == argument })
            else { break }
            command = next
        }
        guard let configurable = command as? any EnvironmentConfigurable.Type else { return arguments }
        var all = arguments
        for option in configurable.environmentOptions where !isGiven(option, in: arguments) {
            let variable = variable(for: option)
            if let value = environment[variable], !value.isEmpty { all.append("--\(option)=\(value)") }
        }
        for flag in configurable.environmentFlags where !isGiven(flag, in: arguments) {
            let variable = variable(for: flag)
            guard let value = environment[variable], !value.isEmpty else { continue }
            switch value.lowercased() {
            case "true", "yes", "1": all.append("--\(flag)")
            case "false", "no", "0": break
            default: throw CommandFailure(.usage, "\(variable) is \"\(value)\"; it must be true or false")
            }
        }
        return all
    }

    /// `data-dir` → `DAS_DATA_DIR`.
    static func variable(for option: String) -> String {
        "DAS_" + option.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    private static func isGiven(_ option: String, in arguments: [String]) -> Bool {
        arguments.contains { $0 == "--\(option)" || $0.hasPrefix("--\(option)=") }
    }
}
