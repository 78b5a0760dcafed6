public import KubernetesModel

/// Which changes matter to a controller.
public struct Predicate<Object: Sendable>: Sendable {
    private let accepts: @Sendable (Change<Object>) -> Bool

    public init(_ accepts: @escaping @Sendable (Change<Object>) -> Bool) { self.accepts = accepts }

    public func callAsFunction(_ change: Change<Object>) -> Bool { accepts(change) }

    /// Every change.
    public static var all: Predicate { Predicate { _ in true } }

    /// Changes that either accepts.
    public static func || (left: Predicate, right: Predicate) -> Predicate { Predicate { left($0) || right($0) } }

    /// Changes that both accept.
    public static func && (left: Predicate, right: Predicate) -> Predicate { Predicate { left($0) && right($0) } }

    /// Additions, deletions, and updates that `differ`.
    public static func updates(where differ: @escaping @Sendable (Object, Object) -> Bool) -> Predicate {
        Predicate { change in
            if case .updated(let old, let new) = change { differ(old, new) } else { true }
        }
    }
}

extension Predicate where Object: KubernetesResource {
    /// What a controller of its own kind wants: not the echo of its own status writes. Being deleted counts as a change.
    public static var generationChanged: Predicate {
        updates {
            $0.metadata.generation != $1.metadata.generation
                || $0.metadata.deletionTimestamp != $1.metadata.deletionTimestamp
        }
    }

    public static var labelsChanged: Predicate { updates { $0.metadata.labels != $1.metadata.labels } }

    public static var annotationsChanged: Predicate { updates { $0.metadata.annotations != $1.metadata.annotations } }
}
