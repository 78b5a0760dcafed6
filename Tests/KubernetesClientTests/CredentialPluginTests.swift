import Foundation
import HTTPTransport
import KubernetesModel
import StructuredData
import Testing

@testable import KubernetesClient

/// Plugins are shell scripts in a folder, named by a kubeconfig.
@Suite struct CredentialPluginTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func plugin(_ script: String) throws {
        try folder.write("bin/plugin", "#!/bin/sh\n\(script)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("bin/plugin"))
    }

    private func configuration(_ exec: String = "", cluster: String = "", user: String = "") throws
        -> ClientConfiguration
    {
        try folder.write(
            "config",
            """
            current-context: one
            clusters:
            - name: c
              cluster: {server: "https://host:6443", \(cluster)}
            users:
            - name: u
              user:
                \(user)
                exec:
                  command: bin/plugin
                  apiVersion: client.authentication.k8s.io/v1
                  interactiveMode: Never
                  \(exec)
            contexts:
            - name: one
              context: {cluster: c, user: u}
            """)
        return try ClientConfiguration.load(
            path: folder.path("config"), environment: ["PATH": "/usr/bin:/bin", "FROM_US": "yes"])
    }

    private static func credential(_ status: String, version: String = "v1") -> String {
        #"{"apiVersion":"client.authentication.k8s.io/\#(version)","kind":"ExecCredential","status":{\#(status)}}"#
    }

    private func say(_ status: String) -> String { "echo '\(Self.credential(status))'" }

    private func problem(_ configuration: ClientConfiguration) async -> String {
        let script = ScriptedClient([], configuration: configuration)
        let error = await thrown(KubernetesClientError.self) { _ = try await script.client.get(nodes, "n") }
        #expect(script.transport.requests.isEmpty)
        return error.map { $0.code == .credentials ? $0.message : "the code is \($0.code)" } ?? "nothing was thrown"
    }

    @Test func `a plugin gets its arguments and environment, and its token is used until the server refuses it`()
        async throws
    {
        try plugin(
            """
            echo "$FROM_US $FROM_FILE $1 $2" >> "$(dirname "$0")/runs"
            echo "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"
            \(say(#""token":"t""#))
            """)
        let configuration = try configuration(
            "args: [one, \"two words\"]\n      env: [{name: FROM_FILE, value: \"1\"}]")
        let refusal = ScriptedTransport.Answer.json(failure(401, "Unauthorized"), status: 401)
        let script = ScriptedClient([.json([:]), .json([:]), refusal], configuration: configuration)
        for _ in 0..<2 { _ = try await script.client.get(nodes, "n") }
        let status = await thrown(KubernetesStatus.self) { _ = try await script.client.get(nodes, "n") }
        #expect(status?.isUnauthorized == true)
        #expect(script.transport.requests.map { $0.headers["Authorization"] } == ["Bearer t", "Bearer t", "Bearer t"])
        let runs = try String(contentsOfFile: folder.path("bin/runs"), encoding: .utf8)
        #expect(runs == "yes 1 one two words\nyes 1 one two words\n", "once at first, once more for the refusal")
        let info = try JSON.parse(Array(Data(contentsOf: URL(filePath: folder.path("bin/info")))))
        #expect(
            info == [
                "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                "spec": ["interactive": false],
            ])
    }

    @Test func `a refused token is replaced once and the call repeated`() async throws {
        try plugin(
            #"echo x >> "$(dirname "$0")/runs"; "# + "n=$(wc -l < \"$(dirname \"$0\")/runs\" | tr -d ' ')\n"
                + #"echo "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t$n\"}}""#
        )
        let refusal = ScriptedTransport.Answer.json(failure(401, "Unauthorized"), status: 401)
        let script = ScriptedClient(
            [.json([:]), refusal, .json([:]), refusal, .stream("")], configuration: try configuration())
        _ = try await script.client.get(nodes, "n")
        _ = try await script.client.create(nodes, [:])
        _ = try await script.client.watch(nodes)
        #expect(
            script.transport.requests.map { $0.headers["Authorization"] }
                == ["Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2", "Bearer t3"])
    }

    @Test func `a certificate of a plugin goes with each request instead of the kubeconfig's`() async throws {
        for file in ["me.crt", "me.key"] { try folder.write(file, "PEM") }
        let pem =
            #""clientCertificateData":"-----BEGIN CERTIFICATE-----c","clientKeyData":"-----BEGIN PRIVATE KEY-----k""#
        try plugin(say(pem))
        let configuration = try configuration(user: "client-certificate: me.crt\n    client-key: me.key")
        #expect(configuration.connection.tls.identity == nil, "the transport is nobody")
        let script = ScriptedClient([.json([:])], configuration: configuration)
        _ = try await script.client.get(nodes, "n")
        let request = script.transport.requests[0]
        #expect(request.headers["Authorization"] == nil)
        #expect(
            request.identity
                == ClientIdentity(
                    certificate: .inline(Array("-----BEGIN CERTIFICATE-----c".utf8)),
                    key: .inline(Array("-----BEGIN PRIVATE KEY-----k".utf8))))
        // Without the plugin, and for a token alone, the kubeconfig's own.
        try plugin(say(#""token":"t""#))
        let other = ScriptedClient([.json([:])], configuration: configuration)
        _ = try await other.client.get(nodes, "n")
        #expect(other.transport.requests[0].identity == configuration.tls.identity)
        #expect(configuration.tls.identity?.certificate == .file(folder.path("me.crt")))
        // Whoever speaks for somebody else shows nothing of this client's own.
        let somebody = configuration.authenticated(bearer: "theirs")
        let theirs = ScriptedClient([.json([:])], configuration: somebody)
        _ = try await theirs.client.get(nodes, "n")
        #expect(theirs.transport.requests[0].identity == nil)
        #expect(theirs.transport.requests[0].headers["Authorization"] == "Bearer theirs")
    }

    @Test func `a plugin that asks for it is told of the cluster`() async throws {
        try folder.write("ca.crt", "AUTHORITY")
        try plugin("echo \"$KUBERNETES_EXEC_INFO\" > \"$(dirname \"$0\")/info\"\n\(say(#""token":"t""#))")
        let configuration = try configuration(
            "provideClusterInfo: true",
            cluster: """
                certificate-authority: ca.crt, tls-server-name: api, proxy-url: "http://proxy:1",
                    extensions: [{name: other, extension: 1}, {name: client.authentication.k8s.io/exec, extension: {region: eu}}]
                """)
        let script = ScriptedClient([.json([:])], configuration: configuration)
        _ = try await script.client.get(nodes, "n")
        let info = try JSON.parse(Array(Data(contentsOf: URL(filePath: folder.path("bin/info")))))
        #expect(
            info["spec"]?["cluster"] == [
                "server": "https://host:6443", "tls-server-name": "api", "proxy-url": "http://proxy:1",
                "certificate-authority-data": .string(Data("AUTHORITY".utf8).base64EncodedString()),
                "config": ["region": "eu"],
            ])
    }

    @Test func `a plugin that is not there is one clear error with its hint`() async throws {
        let byPath = await problem(try configuration("installHint: get it from example.com"))
        #expect(
            byPath == "the credential plugin \"\(folder.path("bin/plugin"))\" cannot be found: there is no such file\n"
                + "get it from example.com")
        var configuration = try configuration("installHint: get it")
        guard case .plugin(var named) = configuration.authentication else { return #expect(Bool(false), "no plugin") }
        named.command = "das-no-such-plugin"
        configuration.authentication = .plugin(named)
        #expect(
            await problem(configuration)
                == "the credential plugin \"das-no-such-plugin\" cannot be found: it is not in PATH\nget it")
    }

    @Test func `a plugin that fails says why`() async throws {
        try plugin("echo 'log in first' >&2; echo 'then again' >&2; exit 3")
        #expect(
            await problem(try configuration())
                == "the credential plugin \"\(folder.path("bin/plugin"))\" ended with exit code 3; it said: log in first; "
                + "then again")
        try plugin("kill -9 $$")
        #expect(await problem(try configuration()).hasSuffix("was ended by signal 9"))
        try plugin("yes | head -c 2000000")
        #expect(await problem(try configuration()).hasSuffix("wrote more than 1048576 bytes"))
        try plugin("yes | head -c 2000000 >&2; exit 1")
        let long = await problem(try configuration())
        #expect(long.contains("it said: ") && long.utf8.count < 20_000)
    }

    @Test func `a plugin that takes too long is ended with what it started`() async throws {
        try plugin("echo 'still waiting' >&2; sleep 100000 & wait")
        var configuration = try configuration()
        guard case .plugin(var slow) = configuration.authentication else { return #expect(Bool(false), "no plugin") }
        slow.timeLimitSeconds = 1
        configuration.authentication = .plugin(slow)
        #expect(await problem(configuration).hasSuffix("was not done within 1.0 s; it said: still waiting"))
    }

    @Test func `what a plugin leaves behind holds nobody up`() async throws {
        try plugin("sleep 5 &\n\(say(#""token":"t""#))")
        let script = ScriptedClient([.json([:])], configuration: try configuration())
        _ = try await script.client.get(nodes, "n")
        #expect(script.transport.requests[0].headers["Authorization"] == "Bearer t")
    }

    @Test func `many callers at once share one run`() async throws {
        try plugin("echo x >> \"$(dirname \"$0\")/runs\"\n\(say(#""token":"t""#))")
        let script = ScriptedClient(Array(repeating: .json([:]), count: 20), configuration: try configuration())
        let client = script.client
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await client.get(nodes, "n") } }
            try await group.waitForAll()
        }
        #expect(try String(contentsOfFile: folder.path("bin/runs"), encoding: .utf8) == "x\n")
    }

    @Test func `what the kubeconfig's user holds itself wins over its plugin`() throws {
        #expect(try configuration(user: "token: own").authentication == .bearer("own"))
    }

    @Test(arguments: [
        ("command: bin/plugin", "command: \"\"", "has no command"),
        ("io/v1", "io/v1alpha1", "has the apiVersion \"client.authentication.k8s.io/v1alpha1\""),
        ("interactiveMode: Never", "interactiveMode: Perhaps", "interactiveMode \"Perhaps\""),
        ("interactiveMode: Never", "args: []", "needs an interactiveMode"),
        ("interactiveMode: Never", "interactiveMode: Never\n      args: [1]", "args[0]"),
        (
            "interactiveMode: Never", "interactiveMode: Never\n      args: text",
            "args of exec of the user \"u\" must be a list"
        ),
        ("interactiveMode: Never", "interactiveMode: Never\n      env: [{name: A}]", "env[0]"),
        ("interactiveMode: Never", "interactiveMode: Never\n      provideClusterInfo: 1", "true or false"),
    ])
    func `a plugin that is described wrongly is refused on loading`(from: String, to: String, expected: String) throws {
        _ = try configuration()
        let text = try String(contentsOfFile: folder.path("config"), encoding: .utf8)
        try folder.write("config", text.replacingOccurrences(of: from, with: to))
        let error = #expect(throws: KubernetesClientError.self) {
            try ClientConfiguration.load(path: folder.path("config"), environment: [:])
        }
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
    }

    @Test func `v1beta1 needs no interactive mode, and a name without a slash is no path`() throws {
        _ = try configuration()
        let text = try String(contentsOfFile: folder.path("config"), encoding: .utf8)
            .replacingOccurrences(of: "io/v1", with: "io/v1beta1").replacingOccurrences(of: "bin/plugin", with: "aws")
            .replacingOccurrences(of: "interactiveMode: Never", with: "")
        try folder.write("config", text)
        let loaded = try ClientConfiguration.load(path: folder.path("config"), environment: ["A": "b"])
        #expect(
            loaded.authentication
                == .plugin(
                    CredentialPlugin(
                        apiVersion: .v1beta1, command: "aws", environment: ["A": "b"], interactiveMode: .ifAvailable)))
    }

    @Test func `a plugin gets the terminal as its mode says`() throws {
        var plugin = CredentialPlugin(apiVersion: .v1, command: "x", interactiveMode: .never)
        #expect(try !PluginProcess.isInteractive(plugin, hasTerminal: true))
        plugin.interactiveMode = .ifAvailable
        #expect(try PluginProcess.isInteractive(plugin, hasTerminal: true))
        #expect(try !PluginProcess.isInteractive(plugin, hasTerminal: false))
        plugin.interactiveMode = .always
        #expect(try PluginProcess.isInteractive(plugin, hasTerminal: true))
        let error = #expect(throws: KubernetesClientError.self) {
            try PluginProcess.isInteractive(plugin, hasTerminal: false)
        }
        #expect(error?.message.contains("at a terminal") == true)
    }

    @Test(arguments: [
        ("nothing", "not JSON"), ("{}", "kind"), (#"{"kind":"Pod"}"#, "\"Pod\", not ExecCredential"),
        (credential(#""token":"t""#, version: "v1beta1"), "v1beta1\", but the kubeconfig says"),
        (credential(""), "neither a token nor"), (credential(#""token":"""#), "neither a token nor"),
        (credential(#""clientCertificateData":"-----BEGIN C""#), "only one of"),
        (credential(#""clientCertificateData":"x","clientKeyData":"y""#), "not PEM"),
        (credential(#""token":"t","expirationTimestamp":"tomorrow""#), "\"tomorrow\", which is no RFC 3339"),
    ])
    func `what is no credential is refused, and not repeated in the message`(output: String, expected: String) {
        let plugin = CredentialPlugin(apiVersion: .v1, command: "helper")
        let error = #expect(throws: KubernetesClientError.self) {
            try PluginCredential(parsing: Array(output.utf8), of: plugin)
        }
        #expect(error?.message.hasPrefix("the credential plugin \"helper\" wrote") == true)
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
    }
}
