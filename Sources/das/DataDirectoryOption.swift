import ArgumentParser
import FoundationEssentials
import ProgramSupport

/// `--data-dir`, the same for all commands that have to do with `das up`.
struct DataDirectoryOption: ParsableArguments {
    @Option(name: .customLong("data-dir"), help: "Where the cluster keeps everything. Default: ~/.local/share/das.")
    var path: String?

    /// The folder, by the XDG base directory specification where none is given.
    var resolved: String {
        if let path { return path }
        let environment = ProcessEnvironment.current
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return "\(data)/das" }
        return "\(environment["HOME"] ?? ".")/.local/share/das"
    }
}
