internal import StructuredData

/// Checks a task's input against its schema.
struct EnvelopeCheck: Sendable {
    /// Says a violation in the words of a task type; `nil` where the schema's own will do.
    typealias Wording = @Sendable (_ violation: JSONSchema.Violation, _ input: JSON) -> String?

    private let schema: JSONSchema
    private let wording: Wording

    init(_ schema: JSON, wording: @escaping Wording = { _, _ in nil }) {
        self.wording = wording
        do throws(StructuredDataError) {
            self.schema = try JSONSchema(schema)
        } catch {
            // The schema is this module's own text.
            preconditionFailure("the schema is malformed: \(error)")
        }
    }

    /// What does not fit, but for the elements of data arrays: those are looked at, with their rows, when they are read.
    func findings(_ input: JSON) -> [Finding] {
        schema.validate(Self.withoutData(input)).map { violation in
            let message = message(for: violation, in: input)
            let place = violation.path.tokens.isEmpty ? "the input" : "\(violation.path)"
            return Finding(
                .schema, input: Self.inputName(violation.path, input), path: violation.path, "\(place): \(message)")
        }
    }

    /// The input with its data arrays emptied.
    private static func withoutData(_ input: JSON) -> JSON {
        guard case .object(var envelope) = input, case .array(let inputs)? = envelope["inputs"] else { return input }
        envelope["inputs"] = .array(inputs.map { emptied($0, depth: 0) })
        return .object(envelope)
    }

    /// How deep data arrays lie in a named input: `/returns/columns/DM`.
    private static let deepestArray = 3

    private static func emptied(_ json: JSON, depth: Int) -> JSON {
        switch json {
        case .array where depth >= 2: .array([])
        case .object(let members) where depth < deepestArray:
            .object(JSONObject(members.map { ($0.key, emptied($0.value, depth: depth + 1)) }))
        default: json
        }
    }

    private static func inputName(_ path: JSONPointer, _ input: JSON) -> String? {
        guard path.tokens.count >= 2, path.tokens[0] == "inputs" else { return nil }
        return input.value(at: JSONPointer(tokens: Array(path.tokens[..<2]) + ["name"]))?.stringValue
    }

    /// A violation in the words of the task where the schema's own would mislead.
    private func message(for violation: JSONSchema.Violation, in input: JSON) -> String {
        let tokens = violation.path.tokens
        let value = input.value(at: violation.path)
        if tokens.count == 2, tokens[0] == "inputs", ["required", "oneOf"].contains(violation.keyword) {
            let given = EnvelopeSchema.forms.filter { value?[$0] != nil }
            if given.count != 1 {
                return "exactly one of \(EnvelopeSchema.forms.joined(separator: ", ")) must be given, found "
                    + (given.isEmpty ? "none" : given.joined(separator: " and "))
            }
        }
        return wording(violation, input) ?? violation.message
    }
}
