import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Logging
import StructuredData

/// Gives each namespace what pods in it need, and empties those that are deleted.
///
/// Flow: an active namespace gets the service account `default` and the ConfigMap `kube-root-ca.crt`, which are made again if
/// somebody removes or changes them. A deleted one is emptied, of its pods first, which may still need what is around them, then of
/// every kind that discovery names, and let go once nothing is left; until then its conditions say what is. Guarantees: a namespace
/// with content that could be listed is never let go.
struct NamespaceReconciler: Reconciler {
    static let accountName = "default"
    static let authoritiesName = "kube-root-ca.crt"
    private static let authoritiesKey = "ca.crt"
    /// The finalizer in `spec.finalizers` that stands for this controller.
    private static let finalizer = "kubernetes"
    private static let emptyingPause = Duration.seconds(1)

    private let client: KubernetesClient
    private let namespaces: Store<Namespace>
    private let accounts: Store<ServiceAccount>
    private let authorities: Store<ConfigMap>
    private let rootAuthorities: String
    private let wallClock: WallClock
    private let logger: Logger

    init(
        client: KubernetesClient, namespaces: Store<Namespace>, accounts: Store<ServiceAccount>,
        authorities: Store<ConfigMap>, rootAuthorities: String, wallClock: WallClock = .system, logger: Logger
    ) {
        self.client = client
        self.namespaces = namespaces
        self.accounts = accounts
        self.authorities = authorities
        self.rootAuthorities = rootAuthorities
        self.wallClock = wallClock
        self.logger = logger
    }

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard let namespace = namespaces.get(key) else { return .done }
        if namespace.metadata.deletionTimestamp != nil { return try await finish(namespace) }
        guard namespace.status?.phase != "Terminating" else { return .done }
        do {
            try await ensureAccount(in: key.name)
            try await ensureAuthorities(in: key.name)
        } catch let status as KubernetesStatus where status.isNotFound || status.isAlreadyExists {
            // The namespace has gone, or the cache does not show yet what is there.
        }
        return .done
    }

    private func ensureAccount(in namespace: String) async throws {
        guard accounts.get(ObjectKey(namespace: namespace, name: Self.accountName)) == nil else { return }
        let account: JSON = [
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": .string(Self.accountName)],
        ]
        do {
            _ = try await client.create(ServiceAccount.resource, account, namespace: namespace)
        } catch let status as KubernetesStatus where status.isAlreadyExists {}
    }

    private func ensureAuthorities(in namespace: String) async throws {
        let key = ObjectKey(namespace: namespace, name: Self.authoritiesName)
        let data: JSON = [Self.authoritiesKey: .string(rootAuthorities)]
        guard let existing = authorities.get(key) else {
            let map: JSON = [
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": [
                    "name": .string(Self.authoritiesName),
                    "annotations": [
                        "kubernetes.io/description": """
                        Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints \
                        such as the internal service IP or kubernetes.default.svc.
                        """
                    ],
                ],
                "data": data,
            ]
            _ = try await client.create(ConfigMap.resource, map, namespace: namespace)
            return
        }
        guard existing.data?[Self.authoritiesKey] != rootAuthorities else { return }
        _ = try await client.change(ConfigMap.resource, key, uid: existing.metadata.uid, ["data": data])
    }

    // MARK: Deletion

    private func finish(_ namespace: Namespace) async throws -> ReconcileResult {
        guard namespace.spec?.finalizers?.contains(Self.finalizer) == true else { return .done }
        let left = try await empty(namespace.key.name)
        guard left.isEmpty else {
            try await tell(left, namespace)
            return .requeue(after: Self.emptyingPause)
        }
        guard var live = try await client.get(DynamicObject.self, namespace.key, of: Namespace.resource),
            live.uid == namespace.metadata.uid, live.isDeleting
        else { return .done }
        let rest = (live.spec?["finalizers"]?.arrayValue ?? []).filter { $0.stringValue != Self.finalizer }
        live.spec = ["finalizers": .array(rest)]
        do {
            _ = try await client.replace(Namespace.resource, live.json, subresource: "finalize")
        } catch let status as KubernetesStatus where status.isNotFound {
            return .done
        }
        logger.info("namespace \(namespace.key.name) is gone")
        return .done
    }

    private func tell(_ left: NamespaceRemains, _ namespace: Namespace) async throws {
        let conditions = left.conditions(now: wallClock.timestamp())
        let told = Dictionary(
            (namespace.status?.conditions ?? []).map { ($0.type, $0.message ?? "") }, uniquingKeysWith: { $1 })
        let news = conditions.filter { told[$0["type"]?.stringValue ?? ""] != $0["message"]?.stringValue }
        guard !news.isEmpty else { return }
        _ = try await client.setConditions(news, of: Namespace.resource, namespace.key, uid: namespace.metadata.uid)
    }

    /// Asks for the deletion of everything in a namespace; returns what is still there.
    private func empty(_ namespace: String) async throws -> NamespaceRemains {
        // A kind that is served in several versions is one kind.
        var kinds: [String: DiscoveredResource] = [:]
        for found in try await client.discover() where found.resource.namespaced {
            guard found.verbs.contains("list"), found.verbs.contains("delete") else { continue }
            if kinds[found.resource.qualifiedPlural] == nil { kinds[found.resource.qualifiedPlural] = found }
        }
        var left = NamespaceRemains()
        if let pods = kinds.removeValue(forKey: Pod.resource.qualifiedPlural) {
            left.add(Pod.resource.qualifiedPlural, try await empty(namespace, of: pods))
            guard left.isEmpty else { return left }
        }
        for (name, kind) in kinds.sorted(by: { $0.key < $1.key }) {
            left.add(name, try await empty(namespace, of: kind))
        }
        return left
    }

    /// - Returns: what is still there.
    private func empty(_ namespace: String, of kind: DiscoveredResource) async throws -> [JSON] {
        let resource = kind.resource
        do {
            let objects = try await client.list(resource, namespace: namespace).items
            guard !objects.isEmpty else { return [] }
            if kind.verbs.contains("deletecollection") {
                try await client.deleteCollection(
                    resource, namespace: namespace, selecting: ListOptions(),
                    options: DeleteOptions(propagation: .background))
            } else {
                for object in objects.map({ DynamicObject($0) }) {
                    try await client.remove(resource, object.key, uid: object.uid ?? "", propagation: .background)
                }
            }
            return try await client.list(resource, namespace: namespace).items
        } catch let status as KubernetesStatus where status.isNotFound || status.isMethodNotAllowed {
            // The kind has gone since discovery; so have its objects.
            return []
        }
    }
}
