import Foundation
import NetworkFaults
import TaskProtocol
import TaskQueue
import TestSupport
import Testing

/// `das-gateway` on a store that is away when it starts, that refuses it, or that it is to trust.
@Suite("A gateway's store at its start", .timeLimit(.minutes(5)))
struct StoreReadinessTests {
    /// Starts a gateway whose store is away, and lets the store come: one and the same process serves then.
    private func expectWaits(
        _ cluster: BareCluster, _ url: String, says reason: String, comes: @Sendable () async throws -> Void
    ) async throws {
        let gateway = try GatewayProcess(store: url, kubeconfig: cluster.kubeconfig, token: "none")
        try await gateway.launch()
        try await gateway.process?.waitFor("the task store is away, and waited for")
        #expect(gateway.text.contains(reason), "\(gateway.text)")
        let unready = try await gateway.readiness()
        #expect(unready.status == 503)
        #expect(unready.body.contains("the task store cannot be reached yet"), "\(unready.body)")
        let refused = await #expect(throws: GatewayError.self) {
            try await gateway.client.tasks(namespace: "default")
        }
        #expect(refused?.isRetryable == true)
        try await comes()
        try await gateway.process?.waitFor("the task store is open")
        try await gateway.becomesReady()
        #expect(try await gateway.stop() == 0)
    }

    /// A gateway that no waiting would help says why, once, and ends.
    private func expectRefuses(_ cluster: BareCluster, _ url: String, says reasons: String...) async throws {
        let outcome = try await ChildProgram.run(
            BuiltProgram.path("das-gateway"),
            ["--store", url, "--listen", "127.0.0.1:0", "--kubeconfig", cluster.kubeconfig])
        #expect(outcome.code == 3, "\(outcome.text)")
        let complaints = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("das-gateway: ") }
        #expect(complaints.count == 1, "\(outcome.errors)")
        for reason in reasons { #expect(complaints.first?.contains(reason) == true, "\(outcome.errors)") }
        #expect(!outcome.text.contains("hidden"), "no password is told")
    }

    @Test(arguments: [SharedStore.Kind.postgres, .redis])
    func `a server that is away is waited for`(kind: SharedStore.Kind) async throws {
        try await BareCluster.run { cluster in
            let store = try await SharedStore.start(kind, in: cluster.directory)
            try await store.end(.stopped)
            try await expectWaits(cluster, store.url(), says: "Connection refused") { try await store.start() }
        }
    }

    @Test func `the folder of a SQLite store is waited for`() async throws {
        try await BareCluster.run { cluster in
            let folder = cluster.directory + "/volume"
            try await expectWaits(cluster, "sqlite:\(folder)/tasks.sqlite", says: "No such file or directory") {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
        }
    }

    @Test func `a server that refuses when it comes ends the gateway too, callers or not`() async throws {
        let server = try await PostgresServer.start()
        try await server.stop()
        try await BareCluster.run { cluster in
            let gateway = try GatewayProcess(
                store: server.url("postgres", password: "hidden"), kubeconfig: cluster.kubeconfig, token: "none")
            try await gateway.launch()
            // Its connection stays open.
            #expect(try await gateway.readiness().status == 503)
            try await server.start()
            #expect(try await gateway.process?.exitCode() == 3, "\(gateway.text)")
            #expect(gateway.text.contains("refuses the user or the password"), "\(gateway.text)")
        }
    }

    @Test func `PostgreSQL that refuses the password or the database ends it with the reason`() async throws {
        try await BareCluster.run { cluster in
            let server = try await PostgresServer.shared()
            try await expectRefuses(
                cluster, server.url("postgres", password: "hidden"), says: "refuses the user or the password")
            try await expectRefuses(cluster, server.url("nowhere"), says: "has no such database")
            let database = try await server.makeDatabase()
            try await server.run(
                """
                CREATE SCHEMA das; CREATE TABLE das.migrations (version bigint PRIMARY KEY, digest bigint NOT NULL);
                INSERT INTO das.migrations VALUES (999, 0)
                """, in: database)
            try await expectRefuses(cluster, server.url(database), says: "newer release")
        }
    }

    @Test func `Redis that refuses the password or may evict tasks ends it with the reason`() async throws {
        try await BareCluster.run { cluster in
            let locked = try await RedisServer.start("--requirepass", "right")
            try await expectRefuses(
                cluster, "redis://:hidden@127.0.0.1:\(locked.port)", says: "check user and password")
            try await expectRefuses(cluster, "redis://127.0.0.1:\(locked.port)", says: "check user and password")
            let evicting = try await RedisServer.start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
            try await expectRefuses(
                cluster, "redis://127.0.0.1:\(evicting.port)", says: "allkeys-lru", "maxmemory-policy noeviction")
        }
    }

    @Test func `a SQLite file that is none, or that another process owns, ends it with the reason`() async throws {
        try await BareCluster.run { cluster in
            let text = cluster.directory + "/text"
            try String(repeating: "this is no database ", count: 100).write(
                toFile: text, atomically: true, encoding: .utf8)
            try await expectRefuses(cluster, "sqlite:\(text)", says: "no SQLite file")
            let store = try await SharedStore.start(.sqlite, in: cluster.directory)
            try await store.use { _ in
                try await expectRefuses(cluster, store.url(), says: "in use by process \(getpid())")
            }
        }
    }

    @Test func `PostgreSQL over TLS is used when the authority and the name fit, and refused when not`() async throws {
        let authority = try await TestAuthority()
        let server = try await PostgresServer.start(
            certificate: authority.path("loopback.pem"), key: authority.path("loopback.key"))
        let database = try await server.makeDatabase()
        @Sendable func url(_ root: String) -> String {
            server.url(database) + "?sslmode=verify-full&sslrootcert=\(authority.path(root))"
        }
        try await BareCluster.run { cluster in
            let gateway = try GatewayProcess(store: url("ca.pem"), kubeconfig: cluster.kubeconfig, token: "none")
            try await gateway.start()
            let sessions = try await server.run(
                """
                SELECT count(*), bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                WHERE datname = '\(database)' AND application_name = 'das'
                """, in: "postgres")
            #expect(sessions.hasSuffix("|t") && !sessions.hasPrefix("0"), "\(sessions)")
            #expect(try await gateway.stop() == 0)
            try await expectRefuses(cluster, url("other-ca.pem"), says: "certificate verify failed", "sslrootcert")
        }
        let misnamed = try await PostgresServer.start(
            certificate: authority.path("named.pem"), key: authority.path("named.key"))
        let other = misnamed.url("postgres") + "?sslmode=verify-full&sslrootcert=\(authority.path("ca.pem"))"
        try await BareCluster.run { try await expectRefuses($0, other, says: "does not match host name") }
        let plain = try await PostgresServer.shared()
        try await BareCluster.run {
            try await expectRefuses(
                $0, plain.url("postgres") + "?sslmode=require", says: "server does not support SSL")
        }
    }
}
