import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging

/// What the server serves, for controllers of kinds that not every server has.
struct ServedKinds: Sendable {
    private static let backoff = Backoff(base: .milliseconds(200), limit: .seconds(10), jitter: 0.2)

    let client: KubernetesClient
    let time: TimeSource
    let logger: Logger

    /// Asks until the server answers.
    /// - Throws: `CancellationError`.
    func includes(_ resource: ResourceType) async throws -> Bool {
        var failures = 0
        while true {
            do {
                return try await client.discover().contains { $0.resource == resource }
            } catch {
                try Task.checkCancellation()
                failures += 1
                logger.debug("the server does not say what it serves, will ask again: \(error)")
                try await time.sleep(for: Self.backoff.delay(afterFailures: failures))
            }
        }
    }
}
