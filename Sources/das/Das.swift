import ArgumentParser
import CertificateStore
import LocalAPIServer
import OperatorService
import ProgramSupport
import TaskProtocol

@main
struct Das: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "das",
        abstract: "Dynamic Agent Swarms: labour as a microservice on demand.",
        discussion: """
            Examples:
              das up                                 # a cluster of your own, in the foreground
              export KUBECONFIG=$(das status -o json | python3 -c 'import json,sys; print(json.load(sys.stdin)["kubeconfig"])')
              kubectl apply -f swarm.yaml
              das submit echo --input '{"result": 42}' --wait
              das explain swarm/argus                # why it has as many agents as it has
              das demo                               # everything at once, on real market data

            Exit codes: 0 done, 1 the work failed, 2 wrong usage, 3 the cluster or store cannot be reached.
            Every option can be given in the environment: --data-dir as DAS_DATA_DIR.
            """,
        version: ProductVersion.text,
        subcommands: [
            Up.self, Status.self, Submit.self, Get.self, Watch.self, Cancel.self, Retry.self, Logs.self, Explain.self,
            Validate.self, Backup.self, Demo.self, Node.self, CRDs.self,
        ])

    static func main() async {
        await ProgramEntry.run(Das.self, explain: Failures.explain)
    }
}

/// What the errors of the libraries mean to someone at a terminal.
enum Failures {
    static func explain(_ error: any Error) -> CommandFailure? {
        switch error {
        case let error as DataDirectoryError: CommandFailure(.failed, error.message)
        case let error as LocalAPIServerError where error.code == .cannotListen:
            CommandFailure(.failed, "\(error.message); choose another address with --listen")
        case let error as LocalAPIServerError: CommandFailure(.failed, error.message)
        case let error as GatewayError where error.code == .unreachable:
            CommandFailure(.unreachable, "the gateway cannot be reached: \(error.message)")
        case let error as GatewayError: CommandFailure(.failed, error.message)
        default: OperatorFailures.explain(error)
        }
    }
}
