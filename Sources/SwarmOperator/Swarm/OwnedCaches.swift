package import ControllerRuntime
package import KubernetesClient
package import KubernetesModel

/// What the watches show of the objects that swarms own; of most only the metadata, since no more is read.
package struct OwnedCaches: Sendable {
    private let deployments: Store<Deployment>
    private let others: [OwnedKind: Store<ObjectMeta>]

    package init(deployments: Store<Deployment>, others: [OwnedKind: Store<ObjectMeta>]) {
        self.deployments = deployments
        self.others = others
    }

    func metadata(_ kind: OwnedKind, _ key: ObjectKey) -> ObjectMeta? {
        kind == .deployment ? deployments.metadata(key) : others[kind]?.get(key)
    }
}

extension Informer<ObjectMeta> {
    /// An informer that keeps of each object by whose generation, labels and owners it is known, and no more.
    package convenience init<Source: KubernetesResource>(
        metadataOf source: Source.Type, client: KubernetesClient, namespaces: [String], labelSelector: String? = nil,
        fieldSelector: String? = nil
    ) {
        self.init(
            client: client, of: source, namespaces: namespaces, labelSelector: labelSelector,
            fieldSelector: fieldSelector, metadata: { $0 },
            projecting: { object in
                let all = object.metadata
                return ObjectMeta(
                    name: all.name, namespace: all.namespace, uid: all.uid, resourceVersion: all.resourceVersion,
                    generation: all.generation, deletionTimestamp: all.deletionTimestamp, labels: all.labels,
                    ownerReferences: all.ownerReferences)
            })
    }
}
