/// The targets of Package.swift, read from its text: the package manager may not be asked while it runs the tests.
struct PackageManifest {
    struct Target {
        /// `module`, `program`, `example`, `tests`, `testKit` or `systemLibrary`.
        var kind: String
        var name: String
        /// The modules that it may import by its dependencies.
        var dependencies: Set<String>
    }

    var targets: [Target]
    /// All that some target could depend on.
    var importable: Set<String>

    init(_ text: String) throws {
        // `static let log = product(name: "Logging", package: "swift-log")`
        var products: [Substring: String] = [:]
        for match in text.matches(of: /static let (\w+) = product\(name: "(\w+)"/) {
            products[match.output.1] = String(match.output.2)
        }
        targets = text.matches(
            of: /\.(module|program|example|tests|testKit|systemLibrary)\(\s*(?:name: )?"([\w-]+)"(?:,\s*\[([^\]]*)\])?/
        )
        .map { match in
            let list = match.output.3 ?? ""
            let modules = list.matches(of: /"([\w-]+)"/).map { String($0.output.1) }
            let others = list.matches(of: /\.(\w+)/).compactMap { products[$0.output.1] }
            return Target(
                kind: String(match.output.1), name: String(match.output.2), dependencies: Set(modules + others))
        }
        guard !targets.isEmpty, !products.isEmpty else { throw UnreadableManifest() }
        importable = Set(targets.filter { !["tests", "program", "example"].contains($0.kind) }.map(\.name))
            .union(products.values)
    }
}

struct UnreadableManifest: Error {}
