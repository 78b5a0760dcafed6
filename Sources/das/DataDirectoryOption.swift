import ArgumentParser
import FoundationEssentials
import ProgramSupport

/// `--data-dir`, the same for all commands that have to do with `das up`.
struct DataDirectoryOption: ParsableArguments {
    @Option(name: .customLong("data-dir"), help: "Where the cluster keeps everything. Default: ~/.local/share/das.")
    var path: String?

    var resolved: String { path ?? Self.standard }

    /// The folder where none is given, by the XDG base directory specification.
    static var standard: String {
        let environment = ProcessEnvironment.current
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return "\(data)/das" }
        return "\(environment["HOME"] ?? ".")/.local/share/das"
    }
}
