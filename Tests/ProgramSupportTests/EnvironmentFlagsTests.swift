import ArgumentParser
import Testing

@testable import ProgramSupport

private struct Example: ParsableCommand, EnvironmentConfigurable {
    static let environmentOptions = ["data-dir"]
    static let environmentFlags = ["fresh"]
    @Option(name: .customLong("data-dir")) var dataDirectory = "standard"
    @Flag var fresh = false
}

private struct Root: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "root", subcommands: [Example.self])
}

@Suite struct EnvironmentFlagsTests {
    private func parse(_ arguments: [String], _ environment: [String: String]) throws -> Example {
        let all = try EnvironmentFlags.arguments(arguments, of: Root.self, environment: environment)
        return try #require(try Root.parseAsRoot(all) as? Example)
    }

    @Test func `The environment gives what the arguments do not`() throws {
        let example = try parse(["example"], ["DAS_DATA_DIR": "/data", "DAS_FRESH": "true"])
        #expect(example.dataDirectory == "/data")
        #expect(example.fresh)
    }

    @Test func `Arguments go before the environment`() throws {
        #expect(try parse(["example", "--data-dir", "/mine"], ["DAS_DATA_DIR": "/data"]).dataDirectory == "/mine")
        #expect(try parse(["example", "--data-dir=/mine"], ["DAS_DATA_DIR": "/data"]).dataDirectory == "/mine")
    }

    @Test func `An empty variable is none, and false is no flag`() throws {
        let example = try parse(["example"], ["DAS_DATA_DIR": "", "DAS_FRESH": "0"])
        #expect(example.dataDirectory == "standard")
        #expect(!example.fresh)
    }

    @Test func `A flag that is neither true nor false is named`() {
        let error = #expect(throws: CommandFailure.self) { _ = try parse(["example"], ["DAS_FRESH": "maybe"]) }
        #expect(error?.kind == .usage)
        #expect(error?.message.contains("DAS_FRESH") == true)
    }

    @Test func `Addresses that only this machine can reach are known`() throws {
        for (text, isLoopback) in [
            ("127.0.0.1:1", true), ("127.9.9.9:1", true), ("localhost:1", true), ("[::1]:1", true),
            ("0.0.0.0:1", false), ("[::]:1", false), ("10.0.0.1:1", false), ("127.example.org:1", false),
        ] {
            #expect(try ListenAddress(text, flag: "--listen").isLoopback == isLoopback, "\(text)")
        }
    }

    @Test func `The limit of open files is raised as far as it may be`() {
        let limit = OpenFiles.raiseLimit()
        #expect(limit >= 64)
        #expect(OpenFiles.raiseLimit() == limit)
    }

    @Test func `Addresses are HOST and PORT`() throws {
        #expect(try ListenAddress("127.0.0.1:80", flag: "--listen") == ListenAddress("127.0.0.1:80", flag: "-"))
        #expect(try ListenAddress("[::1]:0", flag: "--listen").host == "::1")
        for wrong in ["80", ":80", "host:", "host:70000", "host:x"] {
            let error = #expect(throws: CommandFailure.self) { _ = try ListenAddress(wrong, flag: "--listen") }
            #expect(error?.message.contains("--listen") == true)
        }
    }
}
