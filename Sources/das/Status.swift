import ArgumentParser
import ProgramSupport
import StructuredData

struct Status: ParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ["data-dir"]

    static let configuration = CommandConfiguration(
        abstract: "Say where a running `das up` is.",
        discussion: """
            Examples:
              das status
              das status -o json
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @OptionGroup var data: DataDirectoryOption

    @Option(name: .shortAndLong, help: "text or json.")
    var output: Output = .text

    func run() throws {
        let cluster = try RunningCluster.find(in: data.resolved)
        switch output {
        case .json: print(try JSON(encoding: cluster).text(.pretty))
        case .text: print(cluster.summary, terminator: "")
        }
    }
}

extension RunningCluster {
    /// For people.
    var summary: String {
        """
        kubeconfig  \(kubeconfig)
        gateway     \(gateway)
        dashboard   \(dashboard)
        authority   \(ca)
        process     \(pid)

        """
    }
}
