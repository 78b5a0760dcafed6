import ArgumentParser
import CertificateStore
import FoundationEssentials
import ProgramSupport

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Everything at once: a cluster, a swarm, and 33 years of 20 stocks to analyse.",
        discussion: """
            Examples:
              das demo
              das demo --examples path/to/Examples --data-dir /tmp/das-demo

            Starts `das up` on a free port, declares a swarm that has no agents and one task for each stock, shows how agents
            come, work and go again, prints the results, and ends everything. The results stay in the data directory.
            """)

    @Option(help: "The folder with the project's examples.")
    var examples = "Examples"

    @Option(name: .customLong("data-dir"), help: "Where the demo keeps its cluster; emptied first.")
    var dataDirectory: String?

    func run() async throws {
        let folder = dataDirectory ?? "\(FileManager.default.temporaryDirectory.path)/das-demo"
        let material = try DemoMaterial(examples: examples)
        let directory = try DataDirectory(folder)
        let story = DemoStory(material: material, directory: directory, display: DemoDisplay.forStandardOutput())
        try await DemoCluster(directory: directory).run { cluster in
            try await story.run(on: cluster)
        }
        print("\nEverything has ended. The results are in \(directory.file("results")).")
    }
}
