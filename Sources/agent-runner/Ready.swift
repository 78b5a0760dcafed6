import AgentRuntime
import ArgumentParser
import Glibc

struct Ready: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Exit 0 if the agent of this pod is ready.",
        discussion: """
            The readiness probe of an agent's pod. It is ready from its first registration on, unless it is being drained.
            Exits with 1 and one line that says why where it is not.
            """)

    func run() throws {
        let readiness: Readiness
        do {
            readiness = try Readiness(environment: Environment.current)
        } catch {
            throw CommandFailure(error.message)
        }
        if let reason = readiness.reasonNotReady() {
            throw CommandFailure(reason, exitCode: CommandFailure.workFailed)
        }
    }
}
