import ControllerRuntime
import HTTPTransport
import KubernetesClient
import KubernetesModel
package import ProgramSupport
import TaskQueue

/// What the errors of operator and gateway mean to someone at a terminal.
package enum OperatorFailures {
    package static func explain(_ error: any Error) -> CommandFailure? {
        switch error {
        case let error as OperatorServiceError:
            switch error.code {
            case .usage: CommandFailure(.usage, error.message)
            case .store: CommandFailure(.unreachable, error.message)
            case .failed: CommandFailure(.failed, error.message)
            }
        case let error as KubernetesClientError: CommandFailure(.usage, error.message)
        case let error as HTTPTransportError: CommandFailure(.unreachable, error.message)
        case let error as KubernetesStatus: CommandFailure(.failed, "the API server refused: \(error)")
        case let error as LeadershipLost:
            CommandFailure(.failed, "\(error); start it again, and it waits for its turn")
        case let error as TaskStoreError: CommandFailure(.unreachable, error.message)
        default: nil
        }
    }
}
