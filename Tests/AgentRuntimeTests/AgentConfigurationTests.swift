import Testing

@testable import AgentRuntime

@Suite("An agent's environment")
struct AgentConfigurationTests {
    private let complete = [
        "DAS_GATEWAY_URL": "https://gateway:8443", "DAS_TOKEN_FILE": "/token", "DAS_NAMESPACE": "team",
        "DAS_SWARM": "argus", "DAS_AGENT": "argus-1",
    ]

    @Test func `what is optional has defaults`() throws {
        let configuration = try AgentConfiguration(environment: complete)
        #expect(configuration.concurrency == 1)
        #expect(configuration.drainSeconds == 30)
        #expect(configuration.capabilities == nil)
        #expect(configuration.authoritiesFile == nil)
        #expect(configuration.runtimeDirectory == "/tmp")
    }

    @Test func `everything is read`() throws {
        let more = [
            "DAS_CA_FILE": "/ca.crt", "DAS_CAPABILITIES": "echo, market-analysis,", "DAS_CONCURRENCY": "4",
            "DAS_DRAIN_SECONDS": "0", "TMPDIR": "/t", "DAS_RUNTIME_DIR": "/run/das",
        ]
        let configuration = try AgentConfiguration(environment: complete.merging(more) { $1 })
        #expect(
            configuration
                == AgentConfiguration(
                    gatewayURL: "https://gateway:8443", authoritiesFile: "/ca.crt", tokenFile: "/token",
                    namespace: "team", swarm: "argus", name: "argus-1", capabilities: ["echo", "market-analysis"],
                    concurrency: 4, drainSeconds: 0, runtimeDirectory: "/run/das"))
    }

    @Test(arguments: ["DAS_GATEWAY_URL", "DAS_TOKEN_FILE", "DAS_NAMESPACE", "DAS_SWARM", "DAS_AGENT"])
    func `a missing or empty variable is named`(name: String) {
        for value in [nil, ""] {
            var environment = complete
            environment[name] = value
            let error = #expect(throws: AgentConfigurationError.self) {
                try AgentConfiguration(environment: environment)
            }
            #expect(error?.variable == name)
            #expect(error?.message.hasPrefix(name) == true)
        }
    }

    @Test(arguments: [
        ("DAS_CONCURRENCY", "0"), ("DAS_CONCURRENCY", "many"), ("DAS_DRAIN_SECONDS", "-1"),
        ("DAS_GATEWAY_URL", "gateway:8443"),
    ])
    func `a wrong value is named with what would be right`(name: String, value: String) {
        let error = #expect(throws: AgentConfigurationError.self) {
            try AgentConfiguration(environment: complete.merging([name: value]) { $1 })
        }
        #expect(error?.variable == name)
        #expect(error?.message.contains("must") == true)
    }
}
