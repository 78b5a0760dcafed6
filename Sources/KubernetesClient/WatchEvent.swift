/// One thing that a watch reports.
public enum WatchEvent<Object: Sendable>: Sendable {
    case added(Object)
    case modified(Object)
    /// The object's last state; its resourceVersion is that of the deletion.
    case deleted(Object)
    /// Everything up to this version has been reported. `initialEventsEnd`: the present state is now complete
    /// (`WatchOptions.sendInitialEvents`).
    case bookmark(resourceVersion: String, initialEventsEnd: Bool)
}

extension WatchEvent: Equatable where Object: Equatable {}

extension WatchEvent {
    /// The object of an event that has one.
    public var object: Object? {
        switch self {
        case .added(let object), .modified(let object), .deleted(let object): object
        case .bookmark: nil
        }
    }
}
