import CommonExpression
import KubernetesModel
import StructuredData

/// What a CustomResourceDefinition must fulfil before its kind is served.
enum CustomResourceDefinitionRules {
    static func validate(_ crd: JSON, old: JSON?) -> [KubernetesStatus.Cause] {
        let spec = crd["spec"] ?? [:]
        var causes = validateNames(crd, spec)
        causes += DefinitionVersionRules.validate(spec, old: old?["spec"])
        causes += SelectableFieldRules.validate(spec)
        causes += validateConversion(spec["conversion"] ?? [:])
        causes += validateStoredVersions(crd)
        if spec["preserveUnknownFields"]?.boolValue == true, old?["spec"]?["preserveUnknownFields"]?.boolValue != true {
            causes.append(
                .invalid(
                    "spec.preserveUnknownFields", value: "true",
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema "
                        + "instead"))
        }
        return causes + validateApproval(crd, old: old) + validateChange(of: crd, from: old)
    }

    // MARK: Names

    private static func validateNames(_ crd: JSON, _ spec: JSON) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        let name = crd["metadata"]?["name"]?.stringValue ?? ""
        let names = spec["names"] ?? [:]
        let group = spec["group"]?.stringValue ?? ""
        func text(_ value: JSON?) -> String { value?.stringValue ?? "" }
        if name != "\(text(names["plural"])).\(group)" {
            causes.append(
                .invalid("metadata.name", value: JSON.string(name).text(), "must be spec.names.plural+\".\"+spec.group")
            )
        }
        if group.isEmpty {
            causes.append(.required("spec.group"))
        } else if !LabelSyntax.isSubdomain(group) {
            causes.append(.invalid("spec.group", value: JSON.string(group).text(), NameValidation.subdomainMessage))
        } else if !group.contains(".") {
            causes.append(
                .invalid("spec.group", value: JSON.string(group).text(), "should be a domain with at least one dot"))
        }
        for field in ["plural", "singular", "kind", "listKind"] {
            let value = text(names[field])
            let isKind = field.hasSuffix("ind")
            if value.isEmpty {
                causes.append(.required("spec.names.\(field)"))
            } else if !NameValidation.isLeadingLetterLabel(isKind ? value.lowercased() : value) {
                let prefix = isKind ? "may have mixed case, but should otherwise match: " : ""
                causes.append(
                    .invalid(
                        "spec.names.\(field)", value: JSON.string(value).text(),
                        prefix + NameValidation.leadingLetterMessage))
            }
        }
        if !text(names["kind"]).isEmpty, names["kind"] == names["listKind"] {
            causes.append(
                .invalid(
                    "spec.names.listKind", value: (names["listKind"] ?? "").text(),
                    "kind and listKind may not be the same"))
        }
        for field in ["shortNames", "categories"] {
            for (index, value) in (names[field]?.arrayValue ?? []).enumerated()
            where !NameValidation.isLeadingLetterLabel(value.stringValue ?? "") {
                causes.append(
                    .invalid(
                        "spec.names.\(field)[\(index)]", value: value.text(), NameValidation.leadingLetterMessage))
            }
        }
        return causes
    }

    // MARK: Conversion

    private static func validateConversion(_ conversion: JSON) -> [KubernetesStatus.Cause] {
        switch conversion["strategy"]?.stringValue ?? "None" {
        case "None":
            guard conversion["webhook"] != nil else { return [] }
            return [
                .forbidden(
                    "spec.conversion.webhookClientConfig",
                    "should not be set when strategy is not set to Webhook")
            ]
        case "Webhook":
            return [
                .forbidden(
                    "spec.conversion.strategy",
                    "this server calls no webhooks: set it to None, and let all versions share their fields")
            ]
        case let other:
            return [
                .notSupported(
                    "spec.conversion.strategy", value: JSON.string(other).text(), supported: ["None", "Webhook"])
            ]
        }
    }

    private static func validateStoredVersions(_ crd: JSON) -> [KubernetesStatus.Cause] {
        let versions = crd["spec"]?["versions"]?.arrayValue ?? []
        let names = versions.compactMap { $0["name"] }
        let stored = crd["status"]?["storedVersions"]?.arrayValue ?? []
        return stored.enumerated().compactMap { index, name in
            guard !names.contains(name) else { return nil }
            let text = name.stringValue ?? ""
            return .invalid(
                "status.storedVersions[\(index)]", value: name.text(),
                "missing from spec.versions; \(text) was previously a storage version, and must remain in spec.versions "
                    + "until a storage migration ensures no data remains persisted in \(text) and removes \(text) from "
                    + "status.storedVersions")
        }
    }

    // MARK: Approval

    private static let approval = "api-approved.kubernetes.io"

    private enum Approval {
        case missing, bypassed, approved, invalid
    }

    /// Groups of the Kubernetes project are not for everybody.
    private static func validateApproval(_ crd: JSON, old: JSON?) -> [KubernetesStatus.Cause] {
        let group = crd["spec"]?["group"]?.stringValue ?? ""
        guard ["k8s.io", "kubernetes.io"].contains(where: { group == $0 || group.hasSuffix(".\($0)") }) else {
            return []
        }
        let state = approvalState(crd)
        if let old, approvalState(old) == state { return [] }
        let field = "metadata.annotations[\(approval)]"
        let needed = "protected groups must have approval annotation \"\(approval)\""
        let place = ", see https://github.com/kubernetes/enhancements/pull/1111"
        switch state {
        case .bypassed, .approved: return []
        case .missing: return [.required(field, needed + place)]
        case .invalid:
            let value = crd["metadata"]?["annotations"]?[approval] ?? ""
            return [
                .invalid(
                    field, value: value.text(),
                    "\(needed) with either a URL or a reason starting with \"unapproved\"\(place)")
            ]
        }
    }

    private static func approvalState(_ crd: JSON) -> Approval {
        let text = crd["metadata"]?["annotations"]?[approval]?.stringValue ?? ""
        if text.isEmpty { return .missing }
        if text.hasPrefix("unapproved") { return .bypassed }
        let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let isURL = parts.count > 2 && parts[0].count > 1 && parts[0].last == ":" && parts[1].isEmpty
        return isURL && !parts[2].isEmpty ? .approved : .invalid
    }

    // MARK: Changes

    private static func validateChange(of crd: JSON, from old: JSON?) -> [KubernetesStatus.Cause] {
        guard let old else { return [] }
        var fixed = [["group"], ["names", "plural"]]
        if CustomResource.isTrue("Established", in: old) { fixed += [["scope"], ["names", "kind"]] }
        return fixed.compactMap { path in
            let value = crd["spec"]?.value(at: path)
            guard old["spec"]?.value(at: path) != value else { return nil }
            return WorkloadRules.immutable("spec." + path.joined(separator: "."), value)
        }
    }
}
