/// Finds the type of each part of an expression (langdef, "Type checking").
struct TypeChecker {
    private let library: FunctionLibrary
    /// Innermost last.
    private var scope: [(name: String, type: ExpressionType)]
    private let globals: Int
    var bindings = TypeBindings()
    private var types: [ExpressionType]
    private var overloads: [[String]]
    private var qualifiedNames: [Int: String] = [:]
    private var constants: [Int: Value] = [:]
    private var variables: Set<String> = []
    /// Within the arguments of `format`, whose lists may hold anything.
    private var formatDepth = 0
    private(set) var issues: [SyntaxIssue] = []

    /// - Parameter variables: the names that the expression may use, with their types.
    static func check(
        _ root: Expression, nodeCount: Int, variables: [String: ExpressionType], library: FunctionLibrary
    ) -> Result<CheckedExpression, TypeIssues> {
        var checker = TypeChecker(nodeCount: nodeCount, variables: variables, library: library)
        _ = checker.type(of: root)
        checker.checkLiterals(root)
        guard checker.issues.isEmpty else { return .failure(TypeIssues(issues: checker.issues)) }
        return .success(
            CheckedExpression(
                root: root, types: checker.types.map { checker.bindings.resolve($0, isFinal: true) },
                overloads: checker.overloads, qualifiedNames: checker.qualifiedNames, constants: checker.constants,
                variables: checker.variables))
    }

    private init(nodeCount: Int, variables: [String: ExpressionType], library: FunctionLibrary) {
        self.library = library
        scope = variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        globals = scope.count
        types = Array(repeating: .dynamic, count: nodeCount)
        overloads = Array(repeating: [], count: nodeCount)
    }

    mutating func report(_ message: String, at node: Expression) {
        issues.append(SyntaxIssue(offset: node.offset, message: message))
    }

    private func shown(_ type: ExpressionType) -> String { bindings.resolve(type, isFinal: true).description }

    // MARK: Nodes

    private mutating func type(of node: Expression) -> ExpressionType {
        let type = bindings.resolve(infer(node))
        types[node.id] = type
        return type
    }

    private mutating func infer(_ node: Expression) -> ExpressionType {
        switch node.kind {
        case .literal(let literal): return Self.type(of: literal)
        case .identifier(let name): return identifier(name, node)
        case .select(let operand, let field):
            if let named = qualifiedName(node), let type = ExpressionType.named[named] {
                constants[node.id] = .type(type)
                return .type(type)
            }
            return selection(field, of: type(of: operand), node)
        case .presence(let operand, let field):
            _ = selection(field, of: type(of: operand), node)
            return .bool
        case .call(let function, let target, let arguments): return call(function, target, arguments, node)
        case .list(let elements): return list(elements)
        case .map(let entries): return map(entries)
        case .comprehension(let fold): return comprehension(fold, node)
        }
    }

    private static func type(of literal: Expression.Literal) -> ExpressionType {
        switch literal {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        }
    }

    private mutating func identifier(_ name: String, _ node: Expression) -> ExpressionType {
        if let index = scope.lastIndex(where: { $0.name == name }) {
            if index < globals { variables.insert(name) }
            return scope[index].type
        }
        if let type = ExpressionType.named[name] {
            constants[node.id] = .type(type)
            return .type(type)
        }
        report("undeclared reference to '\(name)' (in container '')", at: node)
        return .dynamic
    }

    /// `a.b.c`, where `a` is no variable.
    private func qualifiedName(_ node: Expression) -> String? {
        switch node.kind {
        case .identifier(let name): scope.contains { $0.name == name } ? nil : name
        case .select(let operand, let field): qualifiedName(operand).map { "\($0).\(field)" }
        default: nil
        }
    }

    private mutating func selection(
        _ field: String, of operand: ExpressionType, _ node: Expression
    ) -> ExpressionType {
        switch operand {
        case .optional(let wrapped): return .optional(selection(field, of: wrapped, node))
        case .map(let key, let value):
            _ = bindings.assign(.string, to: key)
            return value
        case .object(let object):
            if let type = object.fields[field] { return type }
            report("undefined field '\(field)'", at: node)
            return .dynamic
        case .dynamic, .variable: return .dynamic
        default:
            report("type '\(shown(operand))' does not support field selection", at: node)
            return .dynamic
        }
    }

    // MARK: Containers

    private mutating func joined(
        _ known: ExpressionType?, _ next: ExpressionType, _ node: Expression
    ) -> ExpressionType {
        guard let known else { return next }
        let (first, second) = (bindings.resolve(known), bindings.resolve(next))
        guard bindings.assign(second, to: first) || bindings.assign(first, to: second) else {
            if formatDepth > 0 { return .dynamic }
            report("expected type '\(shown(first))' but found '\(shown(second))'", at: node)
            return known
        }
        return bindings.resolve(TypeBindings.moreGeneral(first, second))
    }

    private mutating func unwrapped(
        _ type: ExpressionType, isOptional: Bool, _ node: Expression
    ) -> ExpressionType {
        guard isOptional else { return type }
        switch type {
        case .optional(let wrapped): return wrapped
        case .dynamic, .variable: return .dynamic
        default:
            report("expected type 'optional_type(\(shown(type)))' but found '\(shown(type))'", at: node)
            return type
        }
    }

    private mutating func list(_ elements: [Expression.Element]) -> ExpressionType {
        var joint: ExpressionType?
        for element in elements {
            let type = unwrapped(type(of: element.value), isOptional: element.isOptional, element.value)
            joint = joined(joint, type, element.value)
        }
        return .list(joint ?? bindings.fresh())
    }

    private mutating func map(_ entries: [Expression.Entry]) -> ExpressionType {
        var keys: ExpressionType?
        var values: ExpressionType?
        for entry in entries {
            let key = type(of: entry.key)
            if !Self.isKey(key) { report("unsupported key type: \(shown(key))", at: entry.key) }
            keys = joined(keys, key, entry.key)
            let value = unwrapped(type(of: entry.value), isOptional: entry.isOptional, entry.value)
            values = joined(values, value, entry.value)
        }
        return .map(keys ?? bindings.fresh(), values ?? bindings.fresh())
    }

    private static func isKey(_ type: ExpressionType) -> Bool {
        switch type {
        case .bool, .int, .uint, .string, .dynamic, .variable: true
        default: false
        }
    }

    // MARK: Folds

    private mutating func comprehension(_ fold: Expression.Comprehension, _ node: Expression) -> ExpressionType {
        let range = type(of: fold.range)
        let first: ExpressionType
        var second: ExpressionType?
        switch range {
        case .list(let element):
            first = fold.secondVariable == nil ? element : .int
            second = element
        case .map(let key, let value):
            first = key
            second = value
        case .dynamic, .variable:
            first = .dynamic
            second = .dynamic
        default:
            report(
                "expression of type '\(shown(range))' cannot be range of a comprehension (must be list, map, or dynamic)",
                at: fold.range)
            first = .dynamic
            second = .dynamic
        }
        let initial = type(of: fold.initial)
        let outer = scope.count
        scope.append((fold.accumulator, initial))
        if !fold.isBinding {
            scope.append((fold.variable, first))
            if let name = fold.secondVariable, let second { scope.append((name, second)) }
        }
        require(type(of: fold.condition), toBe: .bool, fold.condition)
        require(type(of: fold.step), toBe: initial, fold.step)
        scope.removeSubrange((outer + 1)...)
        let result = type(of: fold.result)
        scope.removeSubrange(outer...)
        return result
    }

    private mutating func require(_ type: ExpressionType, toBe wanted: ExpressionType, _ node: Expression) {
        if !bindings.assign(type, to: wanted) {
            report("expected type '\(shown(wanted))' but found '\(shown(type))'", at: node)
        }
    }

    // MARK: Calls

    private mutating func call(
        _ function: String, _ target: Expression?, _ arguments: [Expression], _ node: Expression
    ) -> ExpressionType {
        if function == Operator.optionalSelect { return optionalSelection(arguments, node) }
        guard let target else {
            return resolve(function, arguments, isMember: false, node)
        }
        if let space = qualifiedName(target), library.overloads["\(space).\(function)"] != nil {
            qualifiedNames[node.id] = "\(space).\(function)"
            return resolve("\(space).\(function)", arguments, isMember: false, node)
        }
        return resolve(function, [target] + arguments, isMember: true, node)
    }

    private mutating func optionalSelection(_ arguments: [Expression], _ node: Expression) -> ExpressionType {
        overloads[node.id] = ["select_optional_field"]
        let operand = type(of: arguments[0])
        types[arguments[1].id] = .string
        guard case .literal(.string(let field)) = arguments[1].kind else { return .dynamic }
        let selected = selection(field, of: operand, node)
        if case .optional = operand { return selected }
        return .optional(selected)
    }

    private mutating func resolve(
        _ function: String, _ arguments: [Expression], isMember: Bool, _ node: Expression
    ) -> ExpressionType {
        guard let declared = library.overloads[function] else {
            for argument in arguments { _ = type(of: argument) }
            report("undeclared reference to '\(function)' (in container '')", at: node)
            return .dynamic
        }
        if function == "format" { formatDepth += 1 }
        var actual: [ExpressionType] = []
        for argument in arguments { actual.append(type(of: argument)) }
        if function == "format" { formatDepth -= 1 }
        var found: [String] = []
        var result: ExpressionType?
        for overload in declared where overload.isMember == isMember {
            let instance = bindings.instantiate(overload)
            guard bindings.assign(actual.map { bindings.resolve($0) }, to: instance.parameters) else { continue }
            found.append(overload.id)
            let type = bindings.resolve(instance.result)
            if let known = result, known != type { result = .dynamic } else { result = type }
        }
        overloads[node.id] = found
        guard let result else {
            let all = actual.map(shown)
            let given =
                isMember
                ? "\(all[0]).(\(all.dropFirst().joined(separator: ", ")))" : "(\(all.joined(separator: ", ")))"
            report("found no matching overload for '\(function)' applied to '\(given)'", at: node)
            return .dynamic
        }
        return result
    }
}

/// Why an expression's types do not fit.
struct TypeIssues: Error {
    var issues: [SyntaxIssue]
}
