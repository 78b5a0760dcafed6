import KubernetesModel
import StructuredData

/// Events are stored in the core group's form; `events.k8s.io/v1` shows the same objects with other names.
enum EventConversion {
    static let coreFields = [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
        "reportingComponent", "source", "type",
    ]

    static let fields = [
        "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "regarding.apiVersion",
        "regarding.resourceVersion", "regarding.fieldPath", "reason", "reportingController", "type",
    ]

    /// The names that differ: `events.k8s.io` first.
    private static let names: [(events: String, core: String)] = [
        ("regarding", "involvedObject"), ("note", "message"), ("reportingController", "reportingComponent"),
        ("deprecatedSource", "source"), ("deprecatedFirstTimestamp", "firstTimestamp"),
        ("deprecatedLastTimestamp", "lastTimestamp"), ("deprecatedCount", "count"),
    ]

    /// Clients sort by these, and the real server writes them even where they are empty.
    private static let coreEmpties: [(name: String, value: JSON)] = [
        ("involvedObject", [:]), ("source", [:]), ("firstTimestamp", .null), ("lastTimestamp", .null),
        ("eventTime", .null), ("reportingComponent", ""), ("reportingInstance", ""),
    ]

    static let coreConversion = ResourceDefinition.Conversion(
        fromStorage: { object in
            var event = object
            for (name, value) in coreEmpties where event[name] == nil { event[name] = value }
            return event
        },
        toStorage: { event in
            guard let members = event.objectValue else { return event }
            return .object(
                JSONObject(
                    members.lazy.filter { name, value in
                        !value.isNull && !coreEmpties.contains { $0.name == name && $0.value == value }
                    }))
        },
        storedField: { $0 }, isOfStoredForm: true)

    static let conversion = ResourceDefinition.Conversion(
        fromStorage: { object in
            var event = renamed(object, Dictionary(uniqueKeysWithValues: names.map { ($0.core, $0.events) }))
            // The real server writes these three even where they are empty.
            if event["deprecatedSource"] == nil { event["deprecatedSource"] = [:] }
            if event["deprecatedFirstTimestamp"] == nil { event["deprecatedFirstTimestamp"] = .null }
            if event["deprecatedLastTimestamp"] == nil { event["deprecatedLastTimestamp"] = .null }
            return event
        },
        toStorage: { event in
            renamed(event, Dictionary(uniqueKeysWithValues: names.map { ($0.events, $0.core) }))
        },
        storedField: { field in
            for (events, core) in names where field == events || field.hasPrefix("\(events).") {
                return core + field.dropFirst(events.count)
            }
            return field
        })

    private static func renamed(_ object: JSON, _ names: [String: String]) -> JSON {
        guard let members = object.objectValue else { return object }
        return .object(
            JSONObject(members.lazy.compactMap { key, value in value.isNull ? nil : (names[key] ?? key, value) }))
    }
}

extension ResourceHooks {
    static let event = ResourceHooks(
        derivedFields: { event in
            // Where the event is from, as either of its forms says it.
            let component = event["source"]?["component"]?.stringValue ?? ""
            return ["source": component.isEmpty ? event["reportingComponent"]?.stringValue ?? "" : component]
        },
        validate: { event, context in
            var causes: [KubernetesStatus.Cause] = []
            let namespace = event["metadata"]?["namespace"]?.stringValue ?? ""
            let about = event["involvedObject"]?["namespace"]?.stringValue ?? ""
            if about.isEmpty ? namespace != "default" : about != namespace {
                causes.append(
                    .invalid("involvedObject.namespace", value: "\"\(about)\"", "does not match event.namespace"))
            }
            // The newer form asks for more than the older one ever did.
            guard context.type.group == "events.k8s.io", context.old == nil else { return causes }
            if event["eventTime"] == nil { causes.append(.required("eventTime")) }
            let type = event["type"]?.stringValue ?? ""
            if !["Normal", "Warning"].contains(type) {
                causes.append(.invalid("type", value: "\"\"", "has invalid value: \(type)"))
            }
            return causes
        })
}
