package import StructuredData

/// An entry of `x-kubernetes-validations`.
package struct ValidationRule: Sendable {
    package var rule: String
    package var message: String
    package var messageExpression: String
    package var reason: String?
    package var fieldPath: String
    package var optionalOldSelf: Bool?
    /// As written.
    package var json: JSON

    init(_ json: JSON) {
        rule = json["rule"]?.stringValue ?? ""
        message = json["message"]?.stringValue ?? ""
        messageExpression = json["messageExpression"]?.stringValue ?? ""
        reason = json["reason"]?.stringValue
        fieldPath = json["fieldPath"]?.stringValue ?? ""
        optionalOldSelf = json["optionalOldSelf"]?.boolValue
        self.json = json
    }

    /// What messages call the rule.
    var name: String { message.trimmed.isEmpty ? rule.trimmed : message.trimmed }

    /// What is said where the rule does not hold, unless an expression makes a message.
    var failure: String { message.isEmpty ? "failed rule: \(name)" : message.trimmed }
}

extension String {
    /// Without blanks around it.
    var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    var hasLineBreak: Bool { unicodeScalars.contains { $0 == "\n" || $0 == "\r" } }
}
