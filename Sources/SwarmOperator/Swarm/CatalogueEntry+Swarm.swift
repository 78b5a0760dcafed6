import KubernetesModel
package import SwarmAPI
package import TaskQueue

extension CatalogueEntry {
    /// What the gateway needs to know of `swarm`.
    package init(_ swarm: AgentSwarm) {
        self.init(
            namespace: swarm.metadata.namespace ?? "", swarm: swarm.metadata.name ?? "", uid: swarm.metadata.uid ?? "",
            generation: swarm.metadata.generation ?? 0, capabilities: swarm.spec.capabilities,
            taskTypes: (swarm.spec.taskTypes ?? []).map { type in
                TaskTypeEntry(
                    name: type.name, inputSchema: type.inputSchema, outputSchema: type.outputSchema,
                    timeoutMs: type.timeoutSeconds.map { Int64($0) * 1000 }, retry: type.retry.map(RetryPolicy.init))
            },
            serviceAccount: swarm.serviceAccountName, slots: swarm.concurrency, isSuspended: swarm.isSuspended)
    }
}

extension RetryPolicy {
    init(_ retry: TaskRetry) {
        self.init(
            limit: retry.limit ?? SwarmDefaults.retryLimit,
            backoffSeconds: Double(retry.backoffSeconds ?? SwarmDefaults.backoffSeconds),
            maxBackoffSeconds: Double(retry.maxBackoffSeconds ?? SwarmDefaults.maxBackoffSeconds),
            retryOn: FailureCodes(retry.retryOn ?? []), giveUpOn: FailureCodes(retry.giveUpOn ?? []))
    }
}
