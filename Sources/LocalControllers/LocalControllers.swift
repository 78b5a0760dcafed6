package import ControllerRuntime
import FoundationEssentials
package import KubernetesClient
import KubernetesModel
package import Logging

/// The controllers of the built-in kinds: deployments, replica sets, replication controllers, jobs, cron jobs, endpoints,
/// disruption budgets, scheduling, taints, garbage collection, namespaces, nodes.
///
/// Flow: watches fill the caches, then the controllers act on what changes until `run()` is cancelled. Guarantees: they speak to
/// the API server through `KubernetesClient` alone, hold no state that a restart loses but the time since when they have been
/// watching, and write with preconditions. Assumption: no other controllers of these kinds run on the same server.
package struct LocalControllers: Sendable {
    package struct Configuration: Sendable {
        /// What pods verify the API server with, as PEM: `ca.crt` of the ConfigMap `kube-root-ca.crt` in every namespace.
        package var rootAuthorities: String
        /// A node that has not renewed its lease or its status for this long is taken for dead.
        package var nodeGracePeriod: Duration
        /// How long pods stay at most on a node that is not ready or not heard of, before they are replaced elsewhere; `nil`: as
        /// long as they tolerate it, which is 300 s where they do not say.
        package var podEvictionLimit: Duration?
        /// How many pods one replica set creates or deletes in one go.
        package var podBurstLimit: Int

        package init(
            rootAuthorities: String,
            nodeGracePeriod: Duration = .seconds(40),
            podEvictionLimit: Duration? = nil,
            podBurstLimit: Int = 500
        ) {
            self.rootAuthorities = rootAuthorities
            self.nodeGracePeriod = nodeGracePeriod
            self.podEvictionLimit = podEvictionLimit
            self.podBurstLimit = podBurstLimit
        }
    }

    private let client: KubernetesClient
    private let configuration: Configuration
    private let time: TimeSource
    private let logger: Logger

    package init(
        client: KubernetesClient,
        configuration: Configuration,
        time: TimeSource = .continuous,
        logger: Logger = Logger(label: "das.controllers")
    ) {
        self.client = client
        self.configuration = configuration
        self.time = time
        self.logger = logger
    }

    /// Runs until cancelled.
    package func run() async throws {
        let manager = ControllerManager(time: time, logger: logger)
        let caches = SharedCaches(client: client, manager: manager)
        addWorkloads(caches, to: manager)
        addJobs(caches, to: manager)
        addCronJobs(caches, to: manager)
        addEndpoints(caches, to: manager)
        addDisruption(caches, to: manager)
        addNodes(caches, to: manager)
        addTaints(caches, to: manager)
        addNamespaces(caches, to: manager)
        addGarbageCollection(caches, to: manager)
        try await manager.run()
    }

    private func controller(
        _ name: String, _ reconciler: any Reconciler, concurrency: Int, wakeRate: WakeRate? = nil
    ) -> Controller {
        // A pause of many minutes, which suits a large shared cluster, would look like a hang here.
        Controller(
            name: name, reconciler: reconciler,
            configuration: .init(
                concurrency: concurrency,
                queue: .init(backoff: Backoff(base: .milliseconds(5), limit: .seconds(30), jitter: 0.2)),
                wakeRate: wakeRate),
            time: time, logger: logger)
    }
}

extension LocalControllers {
    private func addWorkloads(_ caches: SharedCaches, to manager: ControllerManager) {
        let statuses = StatusMemory<DeploymentStatus>()
        let deployments = controller(
            "deployment",
            DeploymentReconciler(
                client: client, deployments: caches.deployments.store, sets: caches.replicaSets.store,
                pods: caches.pods.store, statuses: statuses, events: recorder("deployment-controller", manager),
                time: time, logger: logger),
            concurrency: 4)
        deployments.reconciles(
            caches.deployments,
            predicate: .generationChanged || .annotationsChanged
                || .updates { $0.object.status != $1.object.status && statuses.isByOthers($1) })
        deployments.owns(caches.replicaSets, owner: Deployment.resource)
        deployments.watches(caches.replicaSets, predicate: .orphaned) { [store = caches.deployments.store] set in
            store.selecting(set.metadata, by: { $0.object.spec.selector })
        }
        deployments.watches(caches.pods, predicate: .becameInactive) { [caches] pod in
            caches.recreatingDeployment(of: pod).map { [$0] } ?? []
        }
        manager.add(deployments)

        addReplicas("replicaset", "replicaset-controller", of: caches.replicaSets, caches, to: manager)
        addReplicas(
            "replicationcontroller", "replication-controller", of: caches.replicationControllers, caches, to: manager)
    }

    private func addReplicas<Kind: ReplicatedKind>(
        _ name: String, _ reporter: String, of sets: Informer<Templated<Kind>>, _ caches: SharedCaches,
        to manager: ControllerManager
    ) {
        let statuses = StatusMemory<ReplicaSetStatus>()
        let replicas = controller(
            name,
            ReplicaSetReconciler(
                client: client, sets: sets.store, pods: caches.pods.store, statuses: statuses,
                burstLimit: configuration.podBurstLimit, events: recorder(reporter, manager), time: time, logger: logger
            ), concurrency: 4)
        replicas.reconciles(
            sets,
            predicate: .generationChanged
                || .updates { $0.object.status != $1.object.status && statuses.isByOthers($1) })
        replicas.owns(caches.pods, owner: Kind.resource, predicate: .countedDifferently)
        replicas.watches(caches.pods, predicate: .orphaned) { [store = sets.store] pod in
            store.selecting(pod.metadata, by: { $0.object.podSelector })
        }
        manager.add(replicas)
    }

    private func addCronJobs(_ caches: SharedCaches, to manager: ControllerManager) {
        let controller = controller(
            "cronjob",
            CronJobReconciler(
                client: client, cronJobs: caches.cronJobs.store, jobs: caches.jobs.store,
                now: { Int64(Date().timeIntervalSince1970) }, logger: logger), concurrency: 2)
        controller.reconciles(caches.cronJobs, predicate: .generationChanged)
        controller.owns(caches.jobs, owner: CronJob.resource)
        manager.add(controller)
    }

    private func addJobs(_ caches: SharedCaches, to manager: ControllerManager) {
        let jobs = controller(
            "job",
            JobReconciler(
                client: client, jobs: caches.jobs.store, pods: caches.pods.store,
                events: recorder("job-controller", manager), time: time, logger: logger), concurrency: 4)
        jobs.reconciles(caches.jobs, predicate: .generationChanged || .removed)
        jobs.watches(caches.pods, predicate: .countedByJob) { $0.trackingJob.map { [$0] } ?? [] }
        jobs.watches(caches.pods, predicate: .orphaned) { [store = caches.jobs.store] pod in
            guard pod.metadata.controllerReference == nil else { return [] }
            return store.list(namespace: pod.metadata.namespace ?? "") { job in
                job.object.spec.selector?.matches(pod.metadata.labels) ?? false
            }.map(\.key)
        }
        manager.add(jobs)
    }

    private func addEndpoints(_ caches: SharedCaches, to manager: ControllerManager) {
        let services = caches.services
        let slices = manager.add(
            Informer<EndpointSlice>(client: client, labelSelector: EndpointReconciler.managedSelector))
        slices.store.addIndex(EndpointReconciler.serviceIndex) { slice in
            EndpointReconciler.service(of: slice).map { [EndpointReconciler.value($0)] } ?? []
        }
        let endpoints = controller(
            "endpointslice",
            EndpointReconciler(
                client: client, services: services.store, slices: slices.store, pods: caches.pods.store, time: time),
            concurrency: 4)
        endpoints.reconciles(services)
        endpoints.watches(slices) { EndpointReconciler.service(of: $0).map { [$0] } ?? [] }
        addPods(caches, of: services, to: endpoints)
        manager.add(endpoints)

        let whole = Informer<Endpoints>(client: client)
        let legacy = controller(
            "endpoints",
            EndpointsReconciler(
                client: client, services: services.store, pods: caches.pods.store, endpoints: whole, time: time),
            concurrency: 2)
        legacy.reconciles(services)
        legacy.reconciles(whole)
        addPods(caches, of: services, to: legacy)
        manager.add(legacy)
        // Not one of the manager's: where the server does not serve the kind, its first list never comes.
        manager.addBackground { [client, time, logger] in
            guard try await ServedKinds(client: client, time: time, logger: logger).includes(Endpoints.resource) else {
                return
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await whole.run() }
                group.addTask {
                    try await whole.waitUntilSynced()
                    for service in services.store.list() { legacy.enqueue(service.key) }
                }
                while try await group.next() != nil {}
            }
        }
    }

    /// Has a controller look at the Services of pods whose endpoints have changed.
    private func addPods(_ caches: SharedCaches, of services: Informer<Service>, to controller: Controller) {
        controller.watches(caches.pods, predicate: .updates { $0.endpointState != $1.endpointState }) {
            [store = services.store] pod in
            store.list(namespace: pod.metadata.namespace ?? "") { $0.selects(pod) }.map(\.key)
        }
    }

    /// What tells people, in the name of one controller.
    private func recorder(_ name: String, _ manager: ControllerManager) -> EventRecorder {
        let recorder = EventRecorder(client: client, controller: name, instance: name, logger: logger)
        manager.addBackground { await recorder.run() }
        return recorder
    }

    private func addDisruption(_ caches: SharedCaches, to manager: ControllerManager) {
        let disruption = controller(
            "disruption",
            DisruptionReconciler(
                client: client, budgets: caches.budgets.store, pods: caches.pods.store, sets: caches.replicaSets.store,
                now: { Int64(Date().timeIntervalSince1970) }), concurrency: 2,
            // Each pod of an application that comes up changes what its budget allows; the first evictions wait for nothing.
            wakeRate: WakeRate(burst: 4, interval: .milliseconds(250)))
        // Evictions write to statuses, so changes of those count.
        disruption.reconciles(caches.budgets)
        disruption.watches(caches.pods, predicate: .countedDifferently || .removed) {
            [store = caches.budgets.store] pod in
            store.list(namespace: pod.metadata.namespace ?? "") {
                $0.spec.selector?.matches(pod.metadata.labels) ?? false
            }.map(\.key)
        }
        disruption.watches(caches.replicaSets, predicate: .generationChanged) { [store = caches.budgets.store] set in
            store.list(namespace: set.metadata.namespace ?? "") { _ in true }.map(\.key)
        }
        manager.add(disruption)
    }

    private func addNodes(_ caches: SharedCaches, to manager: ControllerManager) {
        let load = NodeLoad()
        // First, so that the scheduler decides on what woke it.
        caches.pods.onChange { load.observe($0) }
        let scheduler = controller(
            "scheduler",
            SchedulingReconciler(
                client: client, pods: caches.pods.store, nodes: caches.nodes.store,
                namespaces: caches.namespaces.store, budgets: caches.budgets.store, load: load,
                events: recorder("default-scheduler", manager),
                logger: logger),
            concurrency: 8)
        let schedule: @Sendable (Pod) -> Void = { [weak scheduler] pod in
            guard SchedulingReconciler.awaits(pod) else { return }
            // Steps of half a minute each: beyond this nothing more is gained.
            scheduler?.enqueue(pod.key, priority: min(max(pod.spec.priority ?? 0, -1_000_000), 1_000_000))
        }
        let scheduleAll: @Sendable () -> Void = { [store = caches.pods.store] in
            for pod in store.byIndex(SharedCaches.unscheduledIndex, "") { schedule(pod) }
        }
        caches.pods.onChange { change in
            if Predicate<Pod>.schedulingChanged(change) { schedule(change.object) }
            // Where a pod ends there is room for another.
            if Predicate<Pod>.becameInactive(change), change.object.isBound { scheduleAll() }
        }
        caches.nodes.onChange { if Predicate<Node>.schedulabilityChanged($0) { scheduleAll() } }
        manager.add(scheduler)

        let leases = manager.add(Informer<Lease>(client: client, namespace: NodeReconciler.leaseNamespace))
        let reconciler = NodeReconciler(
            client: client, nodes: caches.nodes.store, leases: leases.store, pods: caches.pods.store,
            gracePeriod: configuration.nodeGracePeriod, events: recorder("node-controller", manager), time: time,
            logger: logger)
        let nodes = controller("node-lifecycle", reconciler, concurrency: 2)
        nodes.reconciles(caches.nodes)
        nodes.watches(leases) { [ObjectKey(name: $0.metadata.name ?? "")] }
        // A node that does not exist, or that may never say of the pod that it has ended.
        nodes.watches(caches.pods) { [store = caches.nodes.store] pod in
            guard let name = pod.spec.nodeName, !name.isEmpty else { return [] }
            let key = ObjectKey(name: name)
            guard let node = store.get(key) else { return [key] }
            return pod.metadata.deletionTimestamp != nil && !node.isReady ? [key] : []
        }
        manager.add(nodes)
        manager.addBackground { try await reconciler.keepTime() }
    }

    private func addTaints(_ caches: SharedCaches, to manager: ControllerManager) {
        let taints = controller(
            "node-taints", NodeTaintReconciler(client: client, nodes: caches.nodes.store), concurrency: 2)
        taints.reconciles(caches.nodes, predicate: .updates { $0.spec != $1.spec || $0.troubles != $1.troubles })
        manager.add(taints)

        let eviction = controller(
            "taint-eviction",
            TaintEvictionReconciler(
                client: client, nodes: caches.nodes.store, pods: caches.pods.store,
                events: recorder("taint-eviction-controller", manager), logger: logger,
                troubleLimitSeconds: configuration.podEvictionLimit?.components.seconds), concurrency: 4)
        eviction.watches(
            caches.pods,
            predicate: .updates { $0.isBound != $1.isBound || $0.spec.tolerations != $1.spec.tolerations }
        ) { $0.isBound ? [$0.key] : [] }
        eviction.watches(caches.nodes, predicate: .updates { $0.spec?.taints != $1.spec?.taints }) {
            [store = caches.pods.store] node in
            store.byIndex(SharedCaches.nodeIndex, node.metadata.name ?? "").map(\.key)
        }
        manager.add(eviction)
    }

    private func addNamespaces(_ caches: SharedCaches, to manager: ControllerManager) {
        let accounts = manager.add(
            Informer<ServiceAccount>(client: client, fieldSelector: "metadata.name=\(NamespaceReconciler.accountName)"))
        let authorities = manager.add(
            Informer<ConfigMap>(client: client, fieldSelector: "metadata.name=\(NamespaceReconciler.authoritiesName)"))
        let namespaces = controller(
            "namespace",
            NamespaceReconciler(
                client: client, namespaces: caches.namespaces.store, accounts: accounts.store,
                authorities: authorities.store, rootAuthorities: configuration.rootAuthorities, logger: logger),
            concurrency: 4)
        namespaces.reconciles(caches.namespaces)
        namespaces.watches(accounts) { [ObjectKey(name: $0.metadata.namespace ?? "")] }
        namespaces.watches(authorities) { [ObjectKey(name: $0.metadata.namespace ?? "")] }
        // The last pod of a namespace that is being deleted is what its end waits for.
        namespaces.watches(caches.pods, predicate: .removed) { [store = caches.namespaces.store] pod in
            let key = ObjectKey(name: pod.metadata.namespace ?? "")
            return store.get(key)?.metadata.deletionTimestamp == nil ? [] : [key]
        }
        manager.add(namespaces)
    }

    private func addGarbageCollection(_ caches: SharedCaches, to manager: ControllerManager) {
        let definitions = manager.add(
            Informer<CustomResourceDefinition>(
                client: client, namespaces: [],
                transform: { definition in
                    definition.metadata.managedFields = nil
                    for index in definition.spec.versions.indices { definition.spec.versions[index].schema = nil }
                }))
        let graph = SharedGarbageGraph()
        let directory = KindDirectory(client: client, definitions: definitions.store, time: time)
        let garbage = controller(
            "garbage-collector",
            GarbageReconciler(client: client, graph: graph, directory: directory, logger: logger), concurrency: 8)
        graph.onWork { uids in for uid in uids { garbage.enqueue(ObjectKey(name: uid)) } }
        graph.follow(caches.deployments)
        graph.follow(caches.replicaSets)
        graph.follow(caches.replicationControllers)
        graph.follow(caches.jobs)
        graph.follow(caches.cronJobs)
        graph.follow(caches.pods)
        graph.follow(caches.services)
        graph.follow(caches.budgets)
        manager.add(garbage)
        let watcher = GarbageWatcher(client: client, definitions: definitions, graph: graph, time: time, logger: logger)
        manager.addBackground { try await watcher.run() }
    }
}
