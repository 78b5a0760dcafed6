import ControllerRuntime
import KubernetesModel

/// What controllers ask of a pod.
extension Pod {
    /// Whether it runs or may still run: not ended, and not asked to end.
    var isActive: Bool { !hasEnded && metadata.deletionTimestamp == nil }

    var hasEnded: Bool { status?.phase == "Succeeded" || status?.phase == "Failed" }

    var isReady: Bool { readyCondition?.status == "True" }

    var readyCondition: PodCondition? { status?.conditions?.first { $0.type == "Ready" } }

    var isBound: Bool { spec.nodeName?.isEmpty == false }

    static let deletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost"

    /// What cannot be read counts as none.
    var deletionCost: Int { metadata.annotations?[Self.deletionCostAnnotation].flatMap { Int($0) } ?? 0 }

    var restartCount: Int { (status?.containerStatuses ?? []).map(\.restartCount).max() ?? 0 }
}

extension Predicate where Object == Pod {
    /// Pods that ended, were asked to end, or are gone.
    static var becameInactive: Predicate {
        Predicate { change in
            switch change {
            case .added(let pod): !pod.isActive
            case .updated(let old, let new): old.isActive != new.isActive || old.hasEnded != new.hasEnded
            case .deleted: true
            }
        }
    }

    /// Changes that a replica set's plan or status depends on; pods change more often than that while they start and end.
    static var countedDifferently: Predicate {
        updates {
            $0.isActive != $1.isActive || $0.readyCondition != $1.readyCondition
                || $0.metadata.labels != $1.metadata.labels
                || $0.metadata.ownerReferences != $1.metadata.ownerReferences
        }
    }
}
