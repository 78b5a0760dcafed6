public import StructuredData

/// Reading what an Argus task answered.
public enum ArgusAnswer {
    /// Why the task was rejected, in one line that names the field and the row; `nil` where it was not.
    public static func rejection(of answer: JSON) -> String? {
        guard answer["status"]?.stringValue == "rejected" else { return nil }
        let messages = (answer["warnings"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue }
        return messages.isEmpty ? "the input was rejected" : messages.prefix(3).joined(separator: "; ")
    }
}
