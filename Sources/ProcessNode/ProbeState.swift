internal import KubernetesModel

/// What the results of one probe add up to. Pure.
struct ProbeState: Sendable {
    private let successThreshold: Int
    private let failureThreshold: Int
    private var successes = 0
    private var failures = 0

    init(_ probe: Probe) {
        successThreshold = max(probe.successThreshold ?? 1, 1)
        failureThreshold = max(probe.failureThreshold ?? 3, 1)
    }

    enum Verdict: Sendable, Hashable { case success, failure }

    /// Takes a result; returns the verdict once as many in a row agree as the probe asks for.
    mutating func add(_ isSuccess: Bool) -> Verdict? {
        if isSuccess {
            failures = 0
            successes += 1
            return successes >= successThreshold ? .success : nil
        }
        successes = 0
        failures += 1
        return failures >= failureThreshold ? .failure : nil
    }

    /// Forgets what was counted: after a restart.
    mutating func reset() {
        successes = 0
        failures = 0
    }
}
