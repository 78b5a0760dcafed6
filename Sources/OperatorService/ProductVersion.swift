import HTTPTransport

/// What is running.
package enum ProductVersion {
    package static let text = "0.1.0"
    /// How a program of the project names itself to servers.
    package static func userAgent(_ program: String) -> String { UserAgent.text(program: program, version: text) }
    /// The image of the agents that come with the project.
    package static let agentImage = "ghcr.io/brashlabs/das-agent-runner:0.1.0"
}
