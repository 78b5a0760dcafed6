import AgentRuntime
import ArgumentParser

/// What an agent starts for each of its slots.
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run tasks for the agent that started this process.", shouldDisplay: false)

    func run() throws {
        let environment = Environment.current
        let memory: WorkerMemory
        do {
            memory = try WorkerMemory(environment: environment)
        } catch {
            throw CommandFailure(error.message)
        }
        WorkerChild.run(
            try BringYourOwn.workloads(environment, runsThem: true) ?? AgentRunner.workloads(), memory: memory)
    }
}
