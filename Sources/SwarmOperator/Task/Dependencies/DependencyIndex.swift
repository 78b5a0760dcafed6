package import ControllerRuntime
package import KubernetesModel
package import SwarmAPI

/// Who depends on whom among the tasks of the cache.
package struct DependencyIndex: Sendable {
    private static let name = "dependsOn"

    private let tasks: Store<CachedTask>

    package init(_ tasks: Store<CachedTask>) {
        self.tasks = tasks
        tasks.addIndex(Self.name) { task in
            // One that has failed keeps its dependencies for the search for cycles, and waits for none.
            guard task.phase?.isFinal != true else { return [] }
            return task.dependencies.map { Self.value(task.metadata.namespace, $0) }
        }
    }

    private static func value(_ namespace: String?, _ name: String) -> String { "\(namespace ?? "")/\(name)" }

    /// The tasks that have not ended and depend on `key`.
    package func dependents(of key: ObjectKey) -> Set<ObjectKey> {
        tasks.keys(byIndex: Self.name, Self.value(key.namespace, key.name))
    }

    package func decide(_ task: SwarmTask) -> DependencyPlan.Verdict {
        guard let dependencies = task.spec.dependsOn, !dependencies.isEmpty else { return .ready }
        let namespace = task.metadata.namespace ?? ""
        return DependencyPlan.decide(task.metadata.name ?? "", dependsOn: dependencies) { name in
            tasks.get(ObjectKey(namespace: namespace, name: name)).map {
                DependencyPlan.Known(phase: $0.phase, dependsOn: $0.dependencies)
            }
        }
    }

    /// The dependencies of a task with the uids of their objects.
    func identities(of task: SwarmTask) -> [(name: String, uid: String)] {
        let namespace = task.metadata.namespace ?? ""
        return (task.spec.dependsOn ?? []).map { name in
            (name, tasks.get(ObjectKey(namespace: namespace, name: name))?.metadata.uid ?? "")
        }
    }

    /// Whom a change of a task concerns: those who wait for it, and those whose deletion it has put off.
    package func concerned(by task: CachedTask) -> [ObjectKey] {
        let own = task.dependencies.map { ObjectKey(namespace: task.metadata.namespace ?? "", name: $0) }
        return dependents(of: task.key) + own
    }

    /// The changes that concern others: a task comes, ends or goes.
    package static let predicate = Predicate<CachedTask>.updates { old, new in
        old.metadata.uid != new.metadata.uid || old.phase?.isFinal != new.phase?.isFinal
    }
}
