import ArgumentParser
import StructuredData

/// How answers are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, wide, json, yaml

    /// Prints `value` for programs, or what `table` makes for people.
    func show(_ value: JSON, table: (_ isWide: Bool) -> String) {
        switch self {
        case .json: print(value.text(.pretty))
        case .yaml: print(YAML.serialize(value), terminator: "")
        case .table, .wide: print(table(self == .wide))
        }
    }
}

/// `-o`, the same for all commands that print objects.
struct OutputOption: ParsableArguments {
    @Option(name: .customShort("o"), help: "table, wide, json or yaml.")
    var output: OutputFormat = .table
}
