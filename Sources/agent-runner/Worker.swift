import AgentRuntime
import ArgumentParser

/// What an agent starts for each of its slots.
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run tasks for the agent that started this process.", shouldDisplay: false)

    func run() throws { WorkerChild.run(AgentRunner.workloads()) }
}
