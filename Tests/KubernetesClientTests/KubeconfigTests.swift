import Foundation
import HTTPTransport
import KubernetesClient
import Testing

@Suite struct KubeconfigTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func load(_ text: String, context: String? = nil) throws -> ClientConfiguration {
        try folder.write("config", text)
        return try ClientConfiguration.load(path: folder.path("config"), context: context, environment: [:])
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch let error as KubernetesClientError {
            return error.code == .configuration ? error.message : "the code is \(error.code)"
        } catch {
            return "\(error)"
        }
    }

    private func config(cluster: String = "", user: String = "", context: String = "") -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: one
        clusters:
        - name: c
          cluster: {server: "https://host:6443", \(cluster)}
        users:
        - name: u
          user: {\(user)}
        contexts:
        - name: one
          context: {cluster: c, user: u, \(context)}
        """
    }

    @Test func inlineMaterialAndATokenAreRead() throws {
        let configuration = try load(
            config(
                cluster: "certificate-authority-data: Q0E=, tls-server-name: api, proxy-url: \"http://proxy:3128\"",
                user: "token: t, client-certificate-data: Q0VSVA==, client-key-data: S0VZ", context: "namespace: ns"))
        #expect(
            configuration
                == ClientConfiguration(
                    server: "https://host:6443",
                    tls: TLSConfiguration(
                        authorities: .inline(Array("CA".utf8)),
                        identity: ClientIdentity(
                            certificate: .inline(Array("CERT".utf8)), key: .inline(Array("KEY".utf8))),
                        serverName: "api"),
                    proxy: try ProxyRules(always: "http://proxy:3128"), authentication: .bearer("t"),
                    defaultNamespace: "ns"))
    }

    @Test func relativePathsStartFromTheKubeconfigsFolder() throws {
        for file in ["pki/ca.crt", "pki/me.crt", "pki/me.key"] { try folder.write(file, "PEM") }
        let configuration = try load(
            config(
                cluster: "certificate-authority: pki/ca.crt",
                user: "client-certificate: pki/me.crt, client-key: \(folder.path("pki/me.key")), tokenFile: t/token"))
        #expect(configuration.tls.authorities == .file(folder.path("pki/ca.crt")))
        #expect(
            configuration.tls.identity
                == ClientIdentity(certificate: .file(folder.path("pki/me.crt")), key: .file(folder.path("pki/me.key"))))
        #expect(configuration.authentication == .tokenFile(folder.path("t/token")))
        #expect(configuration.defaultNamespace == "default")
    }

    @Test func verificationIsOffOnlyByAClearWord() throws {
        #expect(try load(config()).tls.verifyServer)
        #expect(try load(config(cluster: "insecure-skip-tls-verify: false")).tls.verifyServer)
        #expect(try !load(config(cluster: "insecure-skip-tls-verify: true")).tls.verifyServer)
        #expect(
            message { _ = try load(config(cluster: "insecure-skip-tls-verify: \"true\"")) }
                == "insecure-skip-tls-verify of the cluster \"c\" must be true or false")
        #expect(
            message {
                _ = try load(config(cluster: "insecure-skip-tls-verify: true, certificate-authority-data: Q0E="))
            }
            .contains("leave one of them out"))
    }

    @Test func theWaysToAuthenticateHaveAnOrder() throws {
        #expect(try load(config()).authentication == .none)
        #expect(
            try load(config(user: "username: a, password: b")).authentication
                == .basic(username: "a", password: "b"))
        #expect(try load(config(user: "token: t, username: a")).authentication == .bearer("t"))
        #expect(
            try load(config(user: "token: t, tokenFile: /f")).authentication == .tokenFile("/f"))
    }

    @Test func impersonationIsRead() throws {
        let configuration = try load(
            config(user: "token: t, as: jane, as-uid: \"7\", as-groups: [g], as-user-extra: {scope: [x, z]}"))
        #expect(
            configuration.impersonation
                == ClientConfiguration.Impersonation(
                    user: "jane", uid: "7", groups: ["g"], extra: ["scope": ["x", "z"]]))
    }

    @Test func anAuthProviderIsRefusedByTheUsersName() {
        let message = message { _ = try load(config(user: "auth-provider: {name: gcp}")) }
        #expect(message.hasPrefix("the user \"u\" gets its credentials from an auth-provider"))
        #expect(message.contains("service account's token"))
    }

    @Test func whatIsMissingIsNamedWithWhatThereIs() throws {
        let text = config()
        #expect(
            message { _ = try load(text, context: "two") } == "the kubeconfig has no context \"two\"; it has: one")
        let cases: [(String, String)] = [
            ("current-context: one", "the kubeconfig has no current-context"),
            ("server: \"https://host:6443\",", "the cluster \"c\" has no server"),
            ("https://", "must start with https:// or http://"),
            ("cluster: c,", "the context \"one\" names no cluster"),
            ("- name: c\n", "clusters[0] has no name"),
        ]
        for (part, expected) in cases {
            let broken = text.replacingOccurrences(of: part, with: part.hasPrefix("- ") ? "- x: y\n" : "")
            let message = message { _ = try load(broken) }
            #expect(message.contains(expected), "\(message)")
        }
        #expect(
            message { _ = try load(text.replacingOccurrences(of: "user: u", with: "user: v")) }
                .contains("names the user \"v\", which the kubeconfig does not have; it has: u"))
        #expect(
            message { _ = try load(text.replacingOccurrences(of: "cluster: c,", with: "cluster: d,")) }
                .contains("names the cluster \"d\", which the kubeconfig does not have; it has: c"))
    }

    @Test func brokenMaterialIsNamed() throws {
        #expect(
            message { _ = try load(config(cluster: "certificate-authority: gone.crt")) }
                == "certificate-authority of the cluster \"c\": the file \(folder.path("gone.crt")) cannot be read")
        #expect(
            message { _ = try load(config(cluster: "certificate-authority-data: \"*\"")) }
                == "certificate-authority-data of the cluster \"c\" is not base64")
        #expect(
            message { _ = try load(config(user: "client-certificate-data: Q0VSVA==")) }
                == "the user \"u\" needs both client-certificate and client-key, or neither")
    }

    @Test(arguments: ["a: [", "- a list", "text", "a: 1\n---\nb: 2", "clusters: {}"])
    func whatIsNoKubeconfigIsRefusedByTheFilesName(text: String) {
        #expect(message { _ = try load(text) }.contains(folder.path("config")))
    }

    @Test func `a mistake in the YAML is told with file, line and column`() {
        let message = message { _ = try load("clusters:\n- name: c\n  cluster: {server: [}\n") }
        #expect(message.contains("\(folder.path("config")):3:22: "), "\(message)")
    }

    @Test func `the proxy of the cluster wins over those of the environment`() throws {
        let environment = ["HTTPS_PROXY": "http://env:1", "NO_PROXY": "direct.example.com"]
        func proxy(_ cluster: String) throws -> ProxyRules {
            try folder.write("config", config(cluster: cluster))
            return try ClientConfiguration.load(path: folder.path("config"), environment: environment).proxy
        }
        #expect(try proxy("") == ProxyRules(environment: environment))
        #expect(try proxy("").proxy(for: "https://host:6443") == "http://env:1")
        #expect(try proxy("proxy-url: \"socks5://own:2\"") == ProxyRules(always: "socks5://own:2"))
        #expect(
            message { _ = try proxy("proxy-url: \"ftp://own:2\"") }.hasPrefix(
                "proxy-url of the cluster \"c\": the proxy is"))
        #expect(
            message {
                _ = try ClientConfiguration.load(path: folder.path("config"), environment: ["https_proxy": "ftp://x"])
            }.contains("proxy"))
    }

    @Test func `what a transport has to know comes as one value`() throws {
        var configuration = try load(
            config(
                cluster: "certificate-authority-data: Q0E=, tls-server-name: api, proxy-url: \"http://proxy:3128\"",
                user: "client-certificate-data: Q0VSVA==, client-key-data: S0VZ"))
        configuration.userAgent = "me/1"
        #expect(
            configuration.connection
                == ConnectionSettings(
                    tls: TLSConfiguration(authorities: .inline(Array("CA".utf8)), serverName: "api"),
                    proxy: try ProxyRules(always: "http://proxy:3128"), userAgent: "me/1"))
    }

    @Test(arguments: ["as-uid: \"7\"", "as-groups: [g]", "as-user-extra: {a: [b]}"])
    func `impersonation without a user is refused`(part: String) {
        #expect(message { _ = try load(config(user: "token: t, \(part)")) }.contains("impersonates"))
    }

    @Test func severalFilesAreMergedTheFirstOneWinning() throws {
        try folder.write("a/config", "current-context: one\ncontexts:\n- {name: one, context: {cluster: c, user: u}}\n")
        try folder.write("b/token", "t")
        try folder.write(
            "b/config",
            """
            current-context: other
            clusters:
            - {name: c, cluster: {server: "https://b/"}}
            users:
            - {name: u, user: {tokenFile: token}}
            """)
        try folder.write("c/config", "clusters:\n- {name: c, cluster: {server: \"https://late\"}}\n")
        let list = ["a/config", "missing", "b/config", "c/config"].map(folder.path).joined(separator: ":")
        let configuration = try ClientConfiguration.load(environment: ["KUBECONFIG": list, "HOME": "/nowhere"])
        #expect(configuration.server == "https://b")
        #expect(configuration.authentication == .tokenFile(folder.path("b/token")))
    }

    @Test func theFileInTheHomeFolderIsUsedWhereNothingElseIsNamed() throws {
        try folder.write(".kube/config", config())
        let environment = [
            "HOME": folder.root, "KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443",
        ]
        #expect(try ClientConfiguration.load(environment: environment).server == "https://host:6443")
    }

    @Test func whereThereIsNothingTheMessageSaysWhatToDo() {
        let message = message { _ = try ClientConfiguration.load(environment: ["HOME": folder.root]) }
        #expect(message.contains("--kubeconfig"))
        #expect(message.contains(folder.path(".kube/config")))
        let missing = self.message { _ = try ClientConfiguration.load(path: "/no/such", environment: [:]) }
        #expect(missing.contains("/no/such"))
        let list = self.message { _ = try ClientConfiguration.load(environment: ["KUBECONFIG": "/no/such:/nor/this"]) }
        #expect(list.contains("/no/such:/nor/this"))
    }

    @Test func inAPodTheServiceAccountIsUsed() throws {
        for (name, text) in [("token", "t"), ("ca.crt", "PEM"), ("namespace", "ns\n")] { try folder.write(name, text) }
        var environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        let configuration = try ClientConfiguration.inCluster(environment: environment, folder: folder.root)
        #expect(
            configuration
                == ClientConfiguration(
                    server: "https://[fd00::1]:443", tls: TLSConfiguration(authorities: .file(folder.path("ca.crt"))),
                    authentication: .tokenFile(folder.path("token")), defaultNamespace: "ns"))
        #expect(
            message { _ = try ClientConfiguration.inCluster(environment: [:], folder: folder.root) }.contains(
                "not in a pod"))
        environment["HTTPS_PROXY"] = "http://proxy:1"
        let proxied = try ClientConfiguration.inCluster(environment: environment, folder: folder.root)
        #expect(try proxied.proxy.proxy(for: proxied.server) == "http://proxy:1")
        environment["NO_PROXY"] = "fd00::/8"
        let direct = try ClientConfiguration.inCluster(environment: environment, folder: folder.root)
        #expect(try direct.proxy.proxy(for: direct.server) == nil)
        try FileManager.default.removeItem(atPath: folder.path("token"))
        #expect(
            message { _ = try ClientConfiguration.inCluster(environment: environment, folder: folder.root) }
                .contains("automountServiceAccountToken"))
    }
}
