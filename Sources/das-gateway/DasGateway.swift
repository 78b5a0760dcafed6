import ArgumentParser
import OperatorService
import ProgramSupport

@main
struct DasGateway: AsyncParsableCommand, EnvironmentConfigurable {
    static let environmentOptions =
        ["store", "listen", "tls-cert", "tls-key", "kubeconfig", "log-level", "log-format"]
        + QueueOptions.environmentOptions

    static let configuration = CommandConfiguration(
        commandName: "das-gateway",
        abstract: "Runs a task gateway alone, beside operators that run elsewhere.",
        discussion: """
            Example:
              das-gateway --store sqlite:/tmp/tasks.sqlite --listen 127.0.0.1:8443 --tls-cert gw.crt --tls-key gw.key

            The store sqlite:PATH has one owner: with it, no operator can use the same tasks meanwhile. The others are shared by any
            number of gateways and operators, and as DAS_STORE a password is not seen in the list of processes:

            postgres://USER@HOST:PORT/DATABASE: the password may also come from PGPASSWORD or a password file; beyond this machine
            the connection is encrypted unless the URL says sslmode=disable, and sslmode=verify-full with sslrootcert=FILE checks
            the server.

            redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE][?name=NAME]: version 7 or later, with maxmemory-policy noeviction; with
            appendfsync always it loses nothing that was answered.

            A store that is away, at the start or later, is waited for: meanwhile calls are told to come back, /healthz is well and
            /readyz is not. One that refuses at the start (a wrong password, an unknown release, a Redis that evicts) ends the gateway
            with code 3.

            Exit codes: 0 done, 1 the work failed, 2 wrong usage, 3 the cluster cannot be reached or the store refuses.
            """,
        version: ProductVersion.text)

    @Option(help: "Where tasks are kept: sqlite:PATH, postgres://USER@HOST/DATABASE or redis://HOST.")
    var store: String

    @Option(help: "Where to listen.")
    var listen = "0.0.0.0:8443"

    @Option(name: .customLong("tls-cert"), help: "The certificate and its chain, PEM.")
    var tlsCertificate: String?

    @Option(name: .customLong("tls-key"), help: "The certificate's key, PEM.")
    var tlsKey: String?

    @Option(help: "How to reach the cluster that knows the callers.")
    var kubeconfig: String?

    @OptionGroup var queue: QueueOptions

    @OptionGroup var logging: LoggingOptions

    static func main() async {
        await ProgramEntry.run(DasGateway.self, explain: OperatorFailures.explain)
    }

    func run() async throws {
        let gateway = try StandaloneGateway(
            store: try StoreLocation(store), policy: queue.policy, listen: try ListenAddress(listen, flag: "--listen"),
            certificateFile: tlsCertificate, keyFile: tlsKey, kubeconfig: kubeconfig, logging: logging)
        try await gateway.run()
    }
}
