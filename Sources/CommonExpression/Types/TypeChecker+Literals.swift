import StructuredData

// Literals that can only fail when the expression runs are refused before.
extension TypeChecker {
    mutating func checkLiterals(_ node: Expression) {
        for child in node.children { checkLiterals(child) }
        guard case .call(let function, let target, let arguments) = node.kind, arguments.count == 1,
            case .literal(.string(let text)) = arguments[0].kind
        else { return }
        switch (function, target != nil) {
        case ("duration", false) where DurationText.parse(text) == nil:
            report("invalid duration argument", at: arguments[0])
        case ("timestamp", false) where Instant(text) == nil:
            report("invalid timestamp argument", at: arguments[0])
        case ("matches", true):
            do { _ = try RegularExpression(text) } catch { report("invalid matches argument", at: arguments[0]) }
        default: break
        }
    }
}
