import ArgumentParser

/// What a command is about: `swarm/NAME`, or a task by `task/NAME`, its name or its id.
enum Target: ExpressibleByArgument, Equatable {
    case swarm(String)
    case task(String)

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.last, !name.isEmpty, parts.count <= 2 else { return nil }
        switch parts.count == 2 ? parts[0] : "task" {
        case "swarm", "swarms", "agentswarm", "agentswarms": self = .swarm(name)
        case "task", "tasks", "stask", "swarmtask", "swarmtasks": self = .task(name)
        default: return nil
        }
    }
}
