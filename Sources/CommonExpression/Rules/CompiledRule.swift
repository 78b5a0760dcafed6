/// A rule that is ready to run.
struct CompiledRule: Sendable {
    let rule: ValidationRule
    /// `nil`: the rule is empty.
    let expression: Result<CompiledExpression, CompilationError>?
    let message: Result<CompiledExpression, CompilationError>?
    /// The field to blame, below the value that the rule is for.
    let fieldPath: String?

    init(_ rule: ValidationRule, schema: StructuralSchema, declaration: Declaration) {
        self.rule = rule
        fieldPath = rule.fieldPath.isEmpty ? nil : FieldReference.path(rule.fieldPath, below: schema)
        guard !rule.rule.trimmed.isEmpty else {
            expression = nil
            message = nil
            return
        }
        let old = rule.optionalOldSelf == true ? ExpressionType.optional(declaration.type) : declaration.type
        let variables = ["self": declaration.type, "oldSelf": old]
        expression = Self.compile(
            rule.rule, variables, wanted: .bool, prefix: "compilation failed",
            otherwise: "cel expression must evaluate to a bool")
        guard case .success = expression, !rule.messageExpression.isEmpty else {
            message = nil
            return
        }
        message = Self.compile(
            rule.messageExpression, variables, wanted: .string, prefix: "messageExpression compilation failed",
            otherwise: "messageExpression must evaluate to a string")
    }

    private static func compile(
        _ source: String, _ variables: [String: ExpressionType], wanted: ExpressionType, prefix: String,
        otherwise: String
    ) -> Result<CompiledExpression, CompilationError> {
        do throws(CompilationError) {
            let compiled = try CompiledExpression(source, variables: variables)
            guard compiled.type == wanted else { return .failure(CompilationError(otherwise)) }
            return .success(compiled)
        } catch {
            return .failure(CompilationError("\(prefix): \(error.description)"))
        }
    }

    /// Whether it compares with the state before, and so says nothing about a value that has none.
    var usesOldSelf: Bool {
        guard case .success(let expression)? = expression else { return false }
        return expression.variables.contains("oldSelf")
    }
}
