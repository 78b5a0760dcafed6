/// What is running.
package enum ProductVersion {
    package static let text = "0.1.0"
    /// The image of the agents that come with the project.
    package static let agentImage = "ghcr.io/brashlabs/das-agent-runner:0.1.0"
}
