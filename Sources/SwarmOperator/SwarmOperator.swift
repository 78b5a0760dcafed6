package import ControllerRuntime
package import KubernetesClient
import KubernetesModel
package import Logging
import SwarmAPI
package import TaskQueue

/// The operator: informers, the change feed, and the three controllers over one task store.
///
/// Flow: watches fill the caches; then the controllers and the feed's reader run until `run()` is cancelled. Guarantees: talks
/// to the cluster through `KubernetesClient` alone; safe to stop and start at any point, and under two leaders.
package struct SwarmOperator: Sendable {
    /// How long a swarm that has agents, or has just been looked at, may wait for a decision.
    private static let busyPause = Duration.milliseconds(200)
    /// How long tasks that become ready in a swarm that gives out none are let come together.
    private static let bindingPause = Duration.seconds(5)

    /// A swarm's objects and pods change some dozens of times while it comes up.
    private static let changes = WakeRate(burst: 4, interval: .milliseconds(250))

    private let client: KubernetesClient
    private let store: any TaskStore
    private let configuration: OperatorConfiguration
    private let elector: LeaderElector?
    private let logger: Logger

    /// - Parameter elector: whose work this is, where several operators elect one: once its lease is lost no reconcile begins, and
    ///   nothing is written to the cluster.
    package init(
        client: KubernetesClient,
        store: any TaskStore,
        configuration: OperatorConfiguration,
        ledBy elector: LeaderElector? = nil,
        logger: Logger = Logger(label: "das.operator")
    ) {
        self.client = elector.map { client.fenced(by: $0) } ?? client
        self.store = store
        self.configuration = configuration
        self.elector = elector
        self.logger = logger
    }

    /// Runs until cancelled.
    package func run() async throws {
        let agents = SwarmObjects.agentsSelector
        let swarms = Informer<AgentSwarm>(client: client, namespaces: configuration.namespaces)
        let tasks = Informer<CachedTask>(client: client, namespaces: configuration.namespaces)
        let deployments = Informer<Deployment>(
            client: client, namespaces: configuration.namespaces, labelSelector: agents)
        let replicaSets = Informer<ReplicaSet>(
            client: client, namespaces: configuration.namespaces, labelSelector: agents,
            transform: { $0.spec.template = PodTemplateSpec() })
        let pods = Informer<Pod>(client: client, namespaces: configuration.namespaces, labelSelector: agents)

        let quotas = Informer<ResourceQuota>(client: client, namespaces: configuration.namespaces)

        let owned = OwnedInformers(client: client, namespaces: configuration.namespaces)
        pods.store.addIndex(AgentSwarmReconciler.podsIndex) { pod in
            let swarm = pod.metadata.labels?[SwarmNames.swarmLabel] ?? ""
            return [AgentSwarmReconciler.podsKey(namespace: pod.metadata.namespace ?? "", swarm: swarm)]
        }

        let catalogue = SwarmCatalogue()
        let observations = SwarmObservations(start: store.now())
        let events = EventRecorder(
            client: client, controller: "\(SwarmNames.group)/operator", instance: configuration.instance)
        let allocation = TaskAllocation(store: store)
        let taskReconciler = SwarmTaskReconciler(
            client: client, store: store, tasks: tasks.store, catalogue: catalogue, allocation: allocation,
            events: events, configuration: configuration)
        let bindings = BindingReconciler(store: store, catalogue: catalogue, allocation: allocation)
        let bindingController = Controller(name: "binding", reconciler: bindings, concurrency: 1)
        let swarmController = Controller(
            name: "agentswarm",
            reconciler: AgentSwarmReconciler(
                client: client, store: store, swarms: swarms.store, deployments: deployments.store, pods: pods.store,
                owned: owned.caches(with: deployments.store), authorities: owned.authorities.store,
                events: events, configuration: configuration),
            configuration: .init(wakeRate: Self.changes))
        let authorities = Controller(
            name: "gatewayauthorities",
            reconciler: GatewayAuthoritiesReconciler(
                client: client, swarms: swarms.store, configMaps: owned.authorities.store,
                authorities: configuration.gatewayAuthorities))
        let autoscaler = Controller(
            name: "autoscaler",
            reconciler: AutoscalerReconciler(
                client: client, store: store,
                caches: .init(
                    swarms: swarms.store, deployments: deployments.store, replicaSets: replicaSets.store,
                    pods: pods.store, quotas: quotas.store),
                observations: observations, events: events, configuration: configuration),
            configuration: .init(wakeRate: Self.changes))
        let taskController = Controller(name: "swarmtask", reconciler: taskReconciler, concurrency: 8)

        // First, so that the controllers decide on what woke them.
        swarms.onChange { change in
            switch change {
            case .added(let swarm), .updated(_, let swarm): catalogue.put(swarm)
            case .deleted(let swarm): catalogue.remove(swarm)
            }
        }
        pods.onChange { [store] change in
            switch change {
            case .added(let pod), .updated(_, let pod): observations.note(pod, isGone: false, at: store.now())
            case .deleted(let pod): observations.note(pod, isGone: true, at: store.now())
            }
        }
        swarmController.reconciles(swarms, predicate: .generationChanged)
        swarmController.owns(deployments, owner: AgentSwarm.resource)
        swarmController.watches(pods, label: SwarmNames.swarmLabel)
        owned.wake(swarmController, authorities, swarms: swarms)
        autoscaler.reconciles(swarms, predicate: .generationChanged)
        autoscaler.owns(deployments, owner: AgentSwarm.resource)
        autoscaler.watches(replicaSets, label: SwarmNames.swarmLabel)
        autoscaler.watches(pods, label: SwarmNames.swarmLabel, predicate: .changesScaleState)
        autoscaler.watches(quotas) { [store = swarms.store] quota in
            // Each pod changes what is used: only those wait for it that have too little.
            store.list(namespace: quota.metadata.namespace) {
                $0.status?.conditions?["ScalingLimited"]?.status == "True"
            }
            .map(\.key)
        }
        // Before the controller is woken, which would find nothing to cancel and not look again.
        tasks.onChange { change in
            if case .deleted(let object) = change { taskReconciler.noteDeletion(of: object) }
        }
        taskController.reconciles(tasks, predicate: .generationChanged)
        taskController.watches(swarms, predicate: .generationChanged) { [store = tasks.store] swarm in
            // Those that no swarm took before may fit now; and those that the swarm has say whether it can run them.
            store.list(namespace: swarm.metadata.namespace) { task in
                switch task.phase {
                case nil, .pending: true
                case .queued: task.swarm == swarm.metadata.name
                case .running, .succeeded, .failed, .cancelled: false
                }
            }.map(\.key)
        }
        taskController.watches(tasks, predicate: DependencyIndex.predicate) {
            [dependencies = taskReconciler.dependencies] in
            dependencies.concerned(by: $0)
        }
        bindingController.watches(swarms, predicate: .generationChanged) { bindings.keys(concerning: $0.key) }

        let manager = elector.map { ControllerManager(ledBy: $0) } ?? ControllerManager()
        manager.add(swarms)
        manager.add(tasks)
        manager.add(deployments)
        manager.add(replicaSets)
        manager.add(pods)
        manager.add(quotas)
        owned.add(to: manager)
        manager.add(swarmController)
        manager.add(authorities)
        manager.add(autoscaler)
        manager.add(taskController)
        manager.add(bindingController)
        manager.addBackground { await events.run() }
        addAgentEnds(pods, to: manager)
        let pace = WakePace(pause: Self.busyPause)
        let reader = ChangeFeedReader(
            store: store,
            observe: { observations.note($0) },
            wakeSwarm: { [store = deployments.store, swarms = swarms.store] key, hasWork in
                // A task that came back from an agent may have to go to another swarm.
                if hasWork, swarms.get(key)?.isSuspended ?? true {
                    bindingController.enqueue(key, after: Self.bindingPause)
                }
                let deployment = store.get(
                    ObjectKey(namespace: key.namespace, name: SwarmObjects.deploymentName(key.name)))
                // The first task for a swarm at zero waits for nothing; a busy swarm is looked at a few times a second, and so is one
                // that stays at zero.
                let isFirst = hasWork && deployment?.spec.replicas ?? 0 == 0
                autoscaler.enqueue(key, after: isFirst ? pace.delay(key, now: .now) : Self.busyPause)
            },
            wakeTask: { key, id, hasEnded in
                if hasEnded { taskReconciler.noteEnd(of: id, key) }
                taskController.enqueue(key)
            },
            wakeGroup: { group in
                for key in taskReconciler.fanOutIndex.keys(of: group) {
                    taskController.enqueue(key, after: FanOutIndex.pause)
                }
            },
            lostTrack: {
                observations.loseTrack()
                for key in swarms.store.keys() { autoscaler.enqueue(key) }
                for key in tasks.store.keys() { taskController.enqueue(key) }
            })
        manager.addLeaderWork { try await reader.run() }
        manager.addLeaderWork { [store, logger] in
            let departed = DepartedSwarms(
                store: store, swarms: swarms.store, logger: logger
            ) { key in
                swarmController.enqueue(key)
                bindingController.enqueue(key)
            }
            try await departed.run()
        }
        manager.addLeaderWork { [store, configuration, logger] in
            let sweep = OrphanSweep(
                store: store, tasks: tasks.store, fanOuts: taskReconciler.fanOuts,
                cancelGraceMilliseconds: configuration.cancelGraceMilliseconds, logger: logger)
            try await sweep.run()
        }
        try await manager.run()
    }

    /// The end of a pod ends its agent's leases at once, rather than when they expire.
    private func addAgentEnds(_ pods: Informer<Pod>, to manager: ControllerManager) {
        let (ended, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(10_000))
        pods.onChange { change in
            switch change {
            case .deleted(let pod), .added(let pod), .updated(_, let pod):
                guard let uid = pod.metadata.uid else { return }
                if case .deleted = change {
                    continuation.yield(uid)
                } else if pod.status?.phase == "Succeeded" || pod.status?.phase == "Failed" {
                    continuation.yield(uid)
                }
            }
        }
        manager.addLeaderWork { [store, logger] in
            for await uid in ended {
                do {
                    try await store.endAgents(podUIDs: [uid])
                } catch {
                    // Its leases expire by themselves; this only saves the wait.
                    logger.warning(
                        "the leases of an ended pod stay until they expire: \(error)", metadata: ["pod": "\(uid)"])
                }
            }
        }
    }
}
