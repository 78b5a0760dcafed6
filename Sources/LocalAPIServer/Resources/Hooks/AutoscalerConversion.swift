import KubernetesModel
import StructuredData

/// Autoscalers are stored as version 2; version 1 knows one target, the processor's utilisation, and keeps the rest in annotations.
enum AutoscalerConversion {
    private static let metricsAnnotation = "autoscaling.alpha.kubernetes.io/metrics"
    private static let behaviorAnnotation = "autoscaling.alpha.kubernetes.io/behavior"
    private static let target = "targetCPUUtilizationPercentage"

    static let conversion = ResourceDefinition.Conversion(
        fromStorage: { object in
            var shown = object
            var others: [JSON] = []
            for metric in object["spec"]?["metrics"]?.arrayValue ?? [] {
                if let percentage = utilization(of: metric), shown["spec"]?[target] == nil {
                    shown.set(percentage, at: ["spec", target])
                } else {
                    others.append(metric)
                }
            }
            shown.set(nil, at: ["spec", "metrics"])
            if !others.isEmpty {
                shown.set(.string(JSON.array(others).text()), at: ["metadata", "annotations", metricsAnnotation])
            }
            if let behavior = object["spec"]?["behavior"] {
                shown.set(nil, at: ["spec", "behavior"])
                shown.set(.string(behavior.text()), at: ["metadata", "annotations", behaviorAnnotation])
            }
            for field in ["conditions", "currentMetrics"] { shown["status"]?[field] = nil }
            return shown
        },
        toStorage: { object in
            var stored = object
            var metrics: [JSON] = []
            if let percentage = object["spec"]?[target] { metrics.append(cpu(percentage)) }
            let annotations = object["metadata"]?["annotations"]
            metrics += kept(annotations?[metricsAnnotation])?.arrayValue ?? []
            stored.set(nil, at: ["spec", target])
            if !metrics.isEmpty { stored.set(.array(metrics), at: ["spec", "metrics"]) }
            if let behavior = kept(annotations?[behaviorAnnotation]) { stored.set(behavior, at: ["spec", "behavior"]) }
            if annotations != nil {
                for name in [metricsAnnotation, behaviorAnnotation] {
                    stored.set(nil, at: ["metadata", "annotations", name])
                }
            }
            return stored
        },
        storedField: { $0 })

    static func cpu(_ percentage: JSON) -> JSON {
        [
            "type": "Resource",
            "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": percentage]],
        ]
    }

    private static func utilization(of metric: JSON) -> JSON? {
        guard metric["type"]?.stringValue == "Resource", metric["resource"]?["name"]?.stringValue == "cpu" else {
            return nil
        }
        return metric["resource"]?["target"]?["averageUtilization"]
    }

    private static func kept(_ annotation: JSON?) -> JSON? {
        annotation?.stringValue.flatMap { try? JSON.parse($0) }
    }
}

extension ResourceHooks {
    /// The target of an autoscaler that names none, in percent of what its pods request.
    private static let defaultUtilization = 80

    static let horizontalPodAutoscaler = ResourceHooks(
        applyDefaults: { autoscaler in
            guard autoscaler["spec"]?.objectValue != nil, autoscaler["spec"]?["metrics"]?.arrayValue ?? [] == [] else {
                return
            }
            autoscaler.set([AutoscalerConversion.cpu(JSON(defaultUtilization))], at: ["spec", "metrics"])
        },
        validate: { autoscaler, _ in
            let spec = autoscaler["spec"]
            guard let least = spec?["minReplicas"]?.intValue, let most = spec?["maxReplicas"]?.intValue, most < least
            else {
                return []
            }
            return [
                .invalid(
                    "spec.maxReplicas", value: "\(most)", "must be greater than or equal to `minReplicas`")
            ]
        })
}
