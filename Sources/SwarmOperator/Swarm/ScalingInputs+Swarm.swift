package import KubernetesModel
package import SwarmAPI
package import SwarmScaling
package import TaskQueue

extension ScalingInputs {
    /// What the decision on `swarm` is made from.
    /// - Parameter quotas: of the swarm's namespace.
    package init(
        swarm: AgentSwarm, deployment: Deployment, summary: QueueSummary, figures: SwarmObservations.Figures,
        quotas: [ResourceQuota] = []
    ) {
        func seconds(since moment: StoreTime?) -> Int {
            moment.map { Int(max(summary.time - $0, 0) / 1000) } ?? 0
        }
        let isQuiet = summary.ready == 0 && summary.leased == 0
        // A swarm that never had a task has been quiet for as long as it takes.
        let quiet = summary.lastActivity == nil ? swarm.idleSeconds : seconds(since: summary.lastActivity)
        self.init(
            readyTasks: summary.ready, leasedTasks: summary.leased,
            oldestWaitSeconds: seconds(since: summary.oldestReady), quietSeconds: isQuiet ? quiet : 0,
            currentAgents: deployment.spec.replicas ?? 1, readyAgents: deployment.status?.readyReplicas ?? 0,
            concurrency: swarm.concurrency, minAgents: swarm.minAgents, maxAgents: swarm.maxAgents,
            idleSeconds: swarm.idleSeconds, strategy: swarm.strategy == .external ? .external : .demand,
            externalAgents: swarm.spec.replicas, suspended: swarm.isSuspended,
            objective: WaitObjective(waitSeconds: swarm.objectiveWaitSeconds, percentile: swarm.objectivePercentile),
            stabilizationSeconds: Stabilization(
                up: swarm.stabilizationUpSeconds, down: swarm.stabilizationDownSeconds),
            arrivals: figures.arrivals, service: figures.service, work: figures.work, start: figures.start,
            memory: figures.memory)
        guard let pod = deployment.spec.template.spec else { return }
        quotaAgents = SwarmQuota.allowance(quotas, pod: pod, standing: deployment.status?.replicas ?? 0)
    }
}
