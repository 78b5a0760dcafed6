/// Something that happened to an object (events.k8s.io/v1).
public struct Event: KubernetesResource {
    public static let resource = ResourceType(
        group: "events.k8s.io", version: "v1", kind: "Event", plural: "events", namespaced: true)

    public private(set) var apiVersion = APIVersionField<Event>()
    public private(set) var kind = KindField<Event>()
    public var metadata: ObjectMeta
    /// MicroTime.
    public var eventTime: String?
    public var series: EventSeries?
    public var reportingController: String?
    public var reportingInstance: String?
    /// What was done, a CamelCase word.
    public var action: String?
    /// Why, a CamelCase word.
    public var reason: String?
    public var regarding: ObjectReference?
    public var related: ObjectReference?
    /// A sentence for people; at most 1 KiB.
    public var note: String?
    /// `Normal` or `Warning`.
    public var type: String?
    public var deprecatedSource: EventSource?
    public var deprecatedFirstTimestamp: String?
    public var deprecatedLastTimestamp: String?
    public var deprecatedCount: Int?

    public init(
        metadata: ObjectMeta,
        eventTime: String? = nil,
        series: EventSeries? = nil,
        reportingController: String? = nil,
        reportingInstance: String? = nil,
        action: String? = nil,
        reason: String? = nil,
        regarding: ObjectReference? = nil,
        related: ObjectReference? = nil,
        note: String? = nil,
        type: String? = nil,
        deprecatedSource: EventSource? = nil,
        deprecatedFirstTimestamp: String? = nil,
        deprecatedLastTimestamp: String? = nil,
        deprecatedCount: Int? = nil
    ) {
        self.metadata = metadata
        self.eventTime = eventTime
        self.series = series
        self.reportingController = reportingController
        self.reportingInstance = reportingInstance
        self.action = action
        self.reason = reason
        self.regarding = regarding
        self.related = related
        self.note = note
        self.type = type
        self.deprecatedSource = deprecatedSource
        self.deprecatedFirstTimestamp = deprecatedFirstTimestamp
        self.deprecatedLastTimestamp = deprecatedLastTimestamp
        self.deprecatedCount = deprecatedCount
    }
}

public struct EventSeries: Codable, Sendable, Hashable {
    public var count: Int
    /// MicroTime.
    public var lastObservedTime: String?

    public init(count: Int, lastObservedTime: String? = nil) {
        self.count = count
        self.lastObservedTime = lastObservedTime
    }
}

public struct EventSource: Codable, Sendable, Hashable {
    public var component: String?
    public var host: String?

    public init(component: String? = nil, host: String? = nil) {
        self.component = component
        self.host = host
    }
}

/// The same Event as the core group shows it (v1.Event).
public struct CoreEvent: KubernetesResource {
    public static let resource = ResourceType(
        group: "", version: "v1", kind: "Event", plural: "events", namespaced: true)

    public private(set) var apiVersion = APIVersionField<CoreEvent>()
    public private(set) var kind = KindField<CoreEvent>()
    public var metadata: ObjectMeta
    public var involvedObject: ObjectReference
    public var reason: String?
    public var message: String?
    public var source: EventSource?
    public var firstTimestamp: String?
    public var lastTimestamp: String?
    public var count: Int?
    public var type: String?
    public var eventTime: String?
    public var series: EventSeries?
    public var action: String?
    public var related: ObjectReference?
    public var reportingComponent: String?
    public var reportingInstance: String?

    public init(
        metadata: ObjectMeta,
        involvedObject: ObjectReference,
        reason: String? = nil,
        message: String? = nil,
        source: EventSource? = nil,
        firstTimestamp: String? = nil,
        lastTimestamp: String? = nil,
        count: Int? = nil,
        type: String? = nil,
        eventTime: String? = nil,
        series: EventSeries? = nil,
        action: String? = nil,
        related: ObjectReference? = nil,
        reportingComponent: String? = nil,
        reportingInstance: String? = nil
    ) {
        self.metadata = metadata
        self.involvedObject = involvedObject
        self.reason = reason
        self.message = message
        self.source = source
        self.firstTimestamp = firstTimestamp
        self.lastTimestamp = lastTimestamp
        self.count = count
        self.type = type
        self.eventTime = eventTime
        self.series = series
        self.action = action
        self.related = related
        self.reportingComponent = reportingComponent
        self.reportingInstance = reportingInstance
    }
}
