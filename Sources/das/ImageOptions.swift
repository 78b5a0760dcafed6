import ArgumentParser
import OperatorService
import ProgramSupport

/// `--image`: which executables of this machine stand for which images.
struct ImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The executable that stands for an image; may be given many times.", valueName: "image=executable"))
    var image: [String] = []

    /// The executables by image name, with the agents' own.
    func executables() throws -> [String: String] {
        var executables = [ProductVersion.agentImage: try AgentExecutable.path()]
        for entry in image {
            guard let equals = entry.firstIndex(of: "="), equals != entry.startIndex else {
                throw CommandFailure(.usage, "--image is \"\(entry)\"; it must be IMAGE=EXECUTABLE")
            }
            executables[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
        }
        return executables
    }
}
