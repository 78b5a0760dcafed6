import KubernetesModel
import StructuredData

/// What object metadata may look like, in the real server's words.
enum NameValidation {
    static let labelMessage =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

    static let subdomainMessage =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

    static let leadingLetterMessage =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
        + "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
        + "'[a-z]([-a-z0-9]*[a-z0-9])?')"

    /// A DNS label that begins with a letter (RFC 1035).
    static func isLeadingLetterLabel(_ text: String) -> Bool {
        LabelSyntax.isDNSLabel(text) && text.first?.isLetter == true
    }

    static let labelKeyMessage =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

    static let labelValueMessage =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
        + "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

    static let annotationsLimitBytes = 256 << 10

    /// What is wrong with the metadata of `object`.
    static func validate(_ object: JSON, rule: ResourceDefinition.NameRule) -> [KubernetesStatus.Cause] {
        let metadata = object["metadata"] ?? [:]
        var causes: [KubernetesStatus.Cause] = []
        let name = metadata["name"]?.stringValue ?? ""
        if name.isEmpty {
            causes.append(.required("metadata.name", "name or generateName is required"))
        } else if let message = problem(with: name, rule: rule) {
            causes.append(.invalid("metadata.name", value: JSON.string(name).text(), message))
        }
        for (key, value) in metadata["labels"]?.objectValue ?? [:] {
            if !LabelSyntax.isKey(key) {
                causes.append(.invalid("metadata.labels", value: JSON.string(key).text(), labelKeyMessage))
            }
            if let value = value.stringValue, !LabelSyntax.isValue(value) {
                causes.append(.invalid("metadata.labels", value: JSON.string(value).text(), labelValueMessage))
            }
        }
        var annotationBytes = 0
        for (key, value) in metadata["annotations"]?.objectValue ?? [:] {
            annotationBytes += key.utf8.count + (value.stringValue?.utf8.count ?? 0)
            if !LabelSyntax.isKey(key.lowercased()) {
                causes.append(.invalid("metadata.annotations", value: JSON.string(key).text(), labelKeyMessage))
            }
        }
        if annotationBytes > annotationsLimitBytes {
            causes.append(.tooLong("metadata.annotations", maximumBytes: annotationsLimitBytes))
        }
        causes += validateReferences(metadata)
        return causes
    }

    private static func validateReferences(_ metadata: JSON) -> [KubernetesStatus.Cause] {
        var causes: [KubernetesStatus.Cause] = []
        var controllers = 0
        for (index, reference) in (metadata["ownerReferences"]?.arrayValue ?? []).enumerated() {
            for field in ["apiVersion", "kind", "name", "uid"] where reference[field]?.stringValue ?? "" == "" {
                causes.append(
                    .invalid("metadata.ownerReferences[\(index)].\(field)", value: "\"\"", "must not be empty"))
            }
            if reference["controller"]?.boolValue == true { controllers += 1 }
        }
        if controllers > 1 {
            causes.append(
                .invalid(
                    "metadata.ownerReferences", value: (metadata["ownerReferences"] ?? []).text(),
                    "Only one reference can have Controller set to true"))
        }
        for finalizer in (metadata["finalizers"]?.arrayValue ?? []).compactMap(\.stringValue)
        where !LabelSyntax.isKey(finalizer) {
            causes.append(
                .invalid("metadata.finalizers", value: JSON.string(finalizer).text(), labelKeyMessage))
        }
        return causes
    }

    private static func problem(with name: String, rule: ResourceDefinition.NameRule) -> String? {
        switch rule {
        case .subdomain: LabelSyntax.isSubdomain(name) ? nil : subdomainMessage
        case .label: LabelSyntax.isDNSLabel(name) ? nil : labelMessage
        case .pathSegment:
            name == "." || name == ".." || name.contains("/") || name.contains("%")
                ? "may not be '.' or '..', or contain '/' or '%'" : nil
        }
    }
}
