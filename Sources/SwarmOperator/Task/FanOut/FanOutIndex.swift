package import ControllerRuntime
package import KubernetesModel
import SwarmAPI
package import TaskQueue

/// The fan-outs of the cache that have not ended, by the identifiers of their groups.
package struct FanOutIndex: Sendable {
    private static let name = "fanOut"
    /// Items change far more often than anybody needs to look at the whole.
    package static let pause = Duration.milliseconds(300)

    private let tasks: Store<CachedTask>

    package init(_ tasks: Store<CachedTask>) {
        self.tasks = tasks
        tasks.addIndex(Self.name) { task in
            guard task.isFanOut, task.phase?.isFinal != true, let uid = task.metadata.uid else { return [] }
            return [uid]
        }
    }

    package func keys(of group: TaskID) -> Set<ObjectKey> { tasks.keys(byIndex: Self.name, group.text) }
}
