import StructuredData

/// Labels as they lie in a column: a JSON object.
enum Labels {
    static func text(_ labels: [String: String]) -> String { JSON(labels).text() }

    static func read(_ text: String) throws -> [String: String] {
        let members = try JSON.parse(text).objectValue
        return Dictionary(
            members?.map { ($0.key, $0.value.stringValue ?? "") } ?? [], uniquingKeysWith: { _, later in later })
    }
}
