internal import StructuredData

/// Keeps NaN and infinities, which JSON does not have, out of what goes in and what comes out.
enum NonFinite {
    /// - Throws: where a number is not finite; callers in Swift can hand over such JSON.
    static func check(_ json: JSON?, at path: JSONPointer) throws(Rejection) {
        var places: [JSONPointer] = []
        if let json { _ = replaced(json, at: path, places: &places) }
        guard places.isEmpty else {
            throw Rejection(places.map { Finding(.nonFinite, path: $0, "\($0): the number is not finite") })
        }
    }

    /// `json` with `null` for numbers that are not finite, and a finding for each.
    static func replaced(_ json: JSON, at path: JSONPointer, findings: inout [Finding]) -> JSON {
        var places: [JSONPointer] = []
        let result = replaced(json, at: path, places: &places)
        findings += places.map { Finding(.nonFinite, path: $0, "\($0) is not a finite number; null there") }
        return result
    }

    private static func replaced(_ json: JSON, at path: JSONPointer, places: inout [JSONPointer]) -> JSON {
        switch json {
        case .number(let value) where !value.isFinite:
            places.append(path)
            return .null
        case .array(let elements):
            return .array(
                elements.enumerated().map { replaced($0.element, at: path.appending($0.offset), places: &places) })
        case .object(let members):
            return .object(
                JSONObject(members.map { ($0.key, replaced($0.value, at: path.appending($0.key), places: &places)) }))
        default: return json
        }
    }
}
