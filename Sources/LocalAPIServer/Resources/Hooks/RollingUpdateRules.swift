import KubernetesModel
import StructuredData

/// How a deployment may replace its pods.
enum RollingUpdateRules {
    static func validate(_ spec: JSON) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        let path = "spec.strategy.rollingUpdate"
        if let update = spec["strategy"]?["rollingUpdate"], spec["strategy"]?["type"]?.stringValue == "RollingUpdate" {
            var amounts: [String: Int] = [:]
            for field in ["maxUnavailable", "maxSurge"] {
                guard let value = update[field] else { continue }
                switch amount(value) {
                case let amount? where amount < 0:
                    causes.append(
                        .invalid(
                            "\(path).\(field)", value: value.text(), "must be greater than or equal to 0"))
                case let amount?: amounts[field] = amount
                case nil:
                    causes.append(
                        .invalid(
                            "\(path).\(field)", value: value.text(),
                            "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or "
                                + "'93%', regex used for validation is '[0-9]+%')"))
                }
            }
            if amounts["maxUnavailable"] == 0, amounts["maxSurge"] == 0 {
                causes.append(
                    .invalid(
                        "\(path).maxUnavailable", value: (update["maxUnavailable"] ?? .null).text(),
                        "may not be 0 when `maxSurge` is 0"))
            }
            if let value = update["maxUnavailable"], let text = value.stringValue, let percent = amount(value),
                percent > 100,
                text.hasSuffix("%")
            {
                causes.append(
                    .invalid("\(path).maxUnavailable", value: value.text(), "must not be greater than 100%"))
            }
        }
        if let deadline = spec["progressDeadlineSeconds"]?.intValue, let least = spec["minReadySeconds"]?.intValue,
            deadline <= least
        {
            causes.append(
                .invalid(
                    "spec.progressDeadlineSeconds", value: "\(deadline)", "must be greater than minReadySeconds"))
        }
        return causes
    }

    /// A number, or the number of a percentage.
    private static func amount(_ value: JSON) -> Int? {
        if let number = value.intValue { return number }
        guard let text = value.stringValue, text.hasSuffix("%") else { return nil }
        let digits = text.dropLast()
        return digits.isEmpty || !digits.allSatisfy { $0.isASCII && $0.isNumber } ? nil : Int(digits)
    }
}
