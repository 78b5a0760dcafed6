/// Images that Kubernetes' own tests use to have a pod run until it is told to end: every node has them.
///
/// What runs is `/bin/sh` that waits for a signal, and ends with the exit code that the image's own program gives. Of `agnhost` only
/// `pause` is known. An executable that the node was given for such an image comes first.
enum WellKnownImage: Sendable, Hashable {
    case pause, agnhost

    private static let names: [String: WellKnownImage] = [
        "registry.k8s.io/pause": .pause, "k8s.gcr.io/pause": .pause,
        "registry.k8s.io/e2e-test-images/agnhost": .agnhost, "k8s.gcr.io/e2e-test-images/agnhost": .agnhost,
    ]

    /// - Parameter repository: the image's name without tag and digest.
    init?(repository: String) {
        guard let known = Self.names[repository] else { return nil }
        self = known
    }

    private static let shell = "/bin/sh"
    /// A sleep that cannot end first; the shell's own trap runs as soon as the signal comes.
    private static let wait = "while :; do sleep 2147483 & wait $!; done"

    /// The program and its arguments for what a container asks of the image; `nil`: its command is none of the image's.
    /// - Throws: `ProcessNodeError` where the image has such a command, and no node has.
    func program(command: [String], arguments: [String]) throws -> [String]? {
        let name = self == .pause ? "pause" : "agnhost"
        if let first = command.first, first != "/\(name)", first != name { return nil }
        let words = command.dropFirst() + arguments
        switch self {
        case .pause:
            return [Self.shell, "-c", "trap 'exit 0' INT TERM; \(Self.wait)", name]
        case .agnhost:
            guard words.first ?? "pause" == "pause" else {
                throw ProcessNodeError(
                    .start,
                    "of the image agnhost this node knows only pause, not \"\(words.joined(separator: " "))\"; "
                        + "--image IMAGE=EXECUTABLE gives it the whole program")
            }
            let delay = try Self.shutdownDelay(words.dropFirst())
            // Its own codes: 1 for an interrupt, 2 for a wish to end.
            let script =
                "trap 'sleep \(delay); exit 1' INT; trap 'sleep \(delay); exit 2' TERM; echo Paused; \(Self.wait)"
            return [Self.shell, "-c", script, name]
        }
    }

    private static func shutdownDelay(_ words: ArraySlice<String>) throws -> Int {
        guard let flag = words.first else { return 0 }
        let parts = flag.split(separator: "=", maxSplits: 1).map(String.init)
        let value = parts.count == 2 ? parts[1] : words.dropFirst().first
        guard parts.first == "--delay-shutdown", let seconds = value.flatMap({ Int($0) }), seconds >= 0 else {
            throw ProcessNodeError(.start, "agnhost pause knows --delay-shutdown SECONDS only, not \"\(flag)\"")
        }
        return seconds
    }
}
