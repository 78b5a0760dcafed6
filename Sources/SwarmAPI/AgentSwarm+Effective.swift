import KubernetesModel

/// What holds where a field is not set. The CRD's defaults are made from these, so that objects which an API server has
/// defaulted and objects built in code mean the same.
package enum SwarmDefaults {
    package static let concurrency = 4
    package static let minAgents = 0
    package static let maxAgents = 20
    package static let objectiveWaitSeconds = 2
    package static let objectivePercentile = 95
    package static let idleSeconds = 60
    package static let stabilizationUpSeconds = 0
    package static let stabilizationDownSeconds = 60
    package static let timeoutSeconds = 300
    package static let retryLimit = 3
    package static let backoffSeconds = 2
    package static let maxBackoffSeconds = 60
    /// A pod gets this many seconds more than its agent takes to drain.
    package static let graceMarginSeconds = 15
}

extension AgentSwarm {
    package var concurrency: Int { spec.agent?.concurrency ?? SwarmDefaults.concurrency }
    package var minAgents: Int { spec.scaling?.minAgents ?? SwarmDefaults.minAgents }
    package var maxAgents: Int { spec.scaling?.maxAgents ?? SwarmDefaults.maxAgents }
    package var idleSeconds: Int { spec.scaling?.idleSeconds ?? SwarmDefaults.idleSeconds }
    package var objectiveWaitSeconds: Int {
        spec.scaling?.objective?.waitSeconds ?? SwarmDefaults.objectiveWaitSeconds
    }
    package var objectivePercentile: Int { spec.scaling?.objective?.percentile ?? SwarmDefaults.objectivePercentile }
    package var stabilizationUpSeconds: Int {
        spec.scaling?.stabilizationSeconds?.up ?? SwarmDefaults.stabilizationUpSeconds
    }
    package var stabilizationDownSeconds: Int {
        spec.scaling?.stabilizationSeconds?.down ?? SwarmDefaults.stabilizationDownSeconds
    }
    package var strategy: Scaling.Strategy { spec.scaling?.strategy ?? .demand }
    package var isSuspended: Bool { spec.suspend ?? false }

    /// The agents' service account: the one named, or one that the operator makes under the swarm's name.
    package var serviceAccountName: String { spec.agent?.serviceAccountName ?? metadata.name ?? "" }

    package func taskType(_ name: String) -> TaskType? {
        guard spec.capabilities.contains(name) else { return nil }
        return spec.taskTypes?.first { $0.name == name } ?? TaskType(name: name)
    }

    /// How long an agent that is told to end may still work on what it has: `drainSeconds`, or the largest time limit of
    /// any task type.
    package var drainSeconds: Int {
        if let seconds = spec.agent?.drainSeconds { return seconds }
        let limits = spec.capabilities.map { taskType($0)?.timeoutSeconds ?? SwarmDefaults.timeoutSeconds }
        return limits.max() ?? SwarmDefaults.timeoutSeconds
    }
}
