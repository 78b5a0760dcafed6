import ArgumentParser
import StructuredData
import SwarmAPI

struct CRDs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crds",
        abstract: "Print the CustomResourceDefinitions.",
        discussion: """
            Examples:
              das crds | kubectl apply --server-side -f -
              das crds --name agentswarms.das.brashlabs.io > crd.yaml
            """)

    @Option(help: "Only the definition of this name.")
    var name: String?

    func run() throws {
        let chosen = CustomResourceDefinitions.all.filter {
            name == nil || $0["metadata"]?["name"]?.stringValue == name
        }
        guard !chosen.isEmpty else {
            let names = CustomResourceDefinitions.all.compactMap { $0["metadata"]?["name"]?.stringValue }
            throw ValidationError("there is no definition \(name ?? ""); there are \(names.joined(separator: ", "))")
        }
        print(chosen.map { YAML.serialize($0) }.joined(separator: "---\n"), terminator: "")
    }
}
