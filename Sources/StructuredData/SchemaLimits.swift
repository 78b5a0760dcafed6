/// What one schema, and one check against it, may cost. A schema comes from whoever may write a swarm, a value from whoever may
/// submit a task; neither is to hold up those who check.
enum SchemaLimits {
    /// Schemas within a schema.
    static let schemas = 20_000
    /// Values of one `enum`.
    static let enumValues = 10_000
    /// Schemas that apply one another to the same value, by `$ref`, `allOf` and the like.
    static let sameValueDepth = 64
    /// Instructions of all patterns of a schema together.
    static let patternInstructions = 100_000
    /// Schemas that are being applied within one another at any moment of a check. Each takes about 11 KiB of a thread's stack in a
    /// debug build.
    static let nesting = 300
    /// Steps of a check: each schema that is applied to a value is one, and a list or pattern that is gone through some more.
    static let steps = 2_000_000
    /// Further steps for each value within the value, where the steps above do not suffice.
    static let stepsPerValue = 64
    /// Instructions of a pattern that cost as much as one step.
    static let instructionsPerStep = 16
}
