/// How a create, replace or patch is carried out.
public struct WriteOptions: Sendable, Hashable {
    /// What the server does with fields that the kind does not have, or that stand twice.
    public enum FieldValidation: String, Sendable, Hashable {
        case strict = "Strict"
        case warn = "Warn"
        case ignore = "Ignore"
    }

    /// Who the written fields belong to. An apply names its manager itself.
    public var fieldManager: String?
    /// The server does everything but store the result.
    public var dryRun: Bool
    public var fieldValidation: FieldValidation

    public init(fieldManager: String? = nil, dryRun: Bool = false, fieldValidation: FieldValidation = .strict) {
        self.fieldManager = fieldManager
        self.dryRun = dryRun
        self.fieldValidation = fieldValidation
    }
}
