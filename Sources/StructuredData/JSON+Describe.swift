extension JSON {
    /// The value as an error message names it: scalars by their text, cut where it is long; arrays and objects by their kind.
    package var shortDescription: String {
        switch self {
        case .array(let elements): elements.isEmpty ? "an empty array" : "an array"
        case .object(let members): members.isEmpty ? "an empty object" : "an object"
        case .string(let text) where text.unicodeScalars.count > 60:
            JSON.string(String(text.unicodeScalars.prefix(57)) + "…").text()
        default: text()
        }
    }
}
