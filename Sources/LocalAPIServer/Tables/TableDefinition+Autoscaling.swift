import StructuredData

extension TableDefinition {
    static let horizontalPodAutoscalers = TableDefinition(
        columns: [
            name, Column("Reference"), Column("Targets"), Column("MinPods"), Column("MaxPods"), Column("Replicas"), age,
        ],
        cells: { object, now in
            let spec = object["spec"] ?? [:]
            let reference = spec["scaleTargetRef"]
            return [
                CellText.name(object),
                .string("\(reference?["kind"]?.stringValue ?? "")/\(reference?["name"]?.stringValue ?? "")"),
                CellText.list(figures(of: object), orNone: "<none>", most: 2, separator: ", "),
                .string(spec["minReplicas"]?.text() ?? "<unset>"), spec["maxReplicas"] ?? 0,
                object["status"]?["currentReplicas"] ?? 0, CellText.age(object, now),
            ]
        })

    /// What each figure is that the autoscaler follows, and what it should be, as in `cpu: 40%/80%`.
    private static func figures(of autoscaler: JSON) -> [String] {
        let (spec, status) = (autoscaler["spec"], autoscaler["status"])
        // In version 1 there is one figure, with fields of its own.
        if let target = spec?["targetCPUUtilizationPercentage"]?.intValue {
            return ["cpu: \(percent(status?["currentCPUUtilizationPercentage"]) ?? unknown)/\(target)%"]
        }
        let known = status?["currentMetrics"]?.arrayValue ?? []
        return (spec?["metrics"]?.arrayValue ?? []).enumerated().map { index, metric in
            figure(metric, now: known.indices.contains(index) ? known[index] : [:])
        }
    }

    private static let unknown = "<unknown>"

    private static func figure(_ metric: JSON, now: JSON) -> String {
        // A figure stands in the member that is called as its type is.
        guard let type = metric["type"]?.stringValue, let first = type.first else { return "<unknown type>" }
        let member = first.lowercased() + type.dropFirst()
        let target = metric[member]?["target"]
        let current = now[member]?["current"]
        let average = target?["averageValue"].map { "\(text(current?["averageValue"]) ?? unknown)/\(text($0) ?? "")" }
        switch type {
        case "Resource", "ContainerResource":
            let share =
                "\(percent(current?["averageUtilization"]) ?? unknown)/\(percent(target?["averageUtilization"]) ?? "<auto>")"
            return "\(metric[member]?["name"]?.stringValue ?? ""): \(average ?? share)"
        case "Pods": return average ?? unknown
        case "Object", "External":
            let value = "\(text(current?["value"]) ?? unknown)/\(text(target?["value"]) ?? unknown)"
            return average.map { "\($0) (avg)" } ?? value
        default: return "<unknown type>"
        }
    }

    private static func text(_ quantity: JSON?) -> String? { quantity.map { $0.stringValue ?? $0.text() } }

    private static func percent(_ share: JSON?) -> String? { share?.intValue.map { "\($0)%" } }
}
