/// An expression that has been parsed, checked and prepared to run.
struct CompiledExpression: Sendable {
    let source: String
    let checked: CheckedExpression
    /// What is known before it runs, by the node's number.
    let constants: [Value?]
    /// What calls run, by the node's number.
    let implementations: [[Implementation]]
    /// The function that a call means, by the node's number.
    let functions: [String]

    var type: ExpressionType { checked.type }
    /// The variables that it reads.
    var variables: Set<String> { checked.variables }

    /// - Parameter variables: those that may be used, with their types.
    /// - Throws: every syntax error and every type error, with their places.
    init(_ source: String, variables: [String: ExpressionType]) throws(CompilationError) {
        let scalars = Array(source.unicodeScalars)
        let root: Expression
        let nodeCount: Int
        do throws(SyntaxIssue) {
            (root, nodeCount) = try Parser.parse(scalars)
        } catch {
            throw CompilationError([error], in: scalars)
        }
        switch TypeChecker.check(root, nodeCount: nodeCount, variables: variables, library: .all) {
        case .success(let checked): self.checked = checked
        case .failure(let problems): throw CompilationError(problems.issues, in: scalars)
        }
        self.source = source
        var preparation = Preparation(checked, nodeCount: nodeCount)
        preparation.visit(root)
        constants = preparation.constants
        implementations = preparation.implementations
        functions = preparation.functions
    }

    /// The value, and what it cost to find it.
    ///
    /// - Parameter costLimit: more than this is an error.
    func evaluate(_ variables: [String: Value], costLimit: UInt64) -> Evaluation {
        var evaluator = Evaluator(self, variables: variables, costLimit: costLimit)
        let result: Result<Value, EvaluationError>
        do throws(EvaluationError) {
            result = .success(try evaluator.evaluate(checked.root))
        } catch {
            result = .failure(error)
        }
        return Evaluation(result: result, cost: evaluator.cost)
    }
}

struct Evaluation: Sendable {
    var result: Result<Value, EvaluationError>
    /// Counted as a real API server counts it.
    var cost: UInt64
}

/// Looks up what each call runs, and computes what does not depend on variables.
private struct Preparation {
    private let checked: CheckedExpression
    var constants: [Value?]
    var implementations: [[Implementation]]
    var functions: [String]

    init(_ checked: CheckedExpression, nodeCount: Int) {
        self.checked = checked
        constants = Array(repeating: nil, count: nodeCount)
        implementations = Array(repeating: [], count: nodeCount)
        functions = Array(repeating: "", count: nodeCount)
        for (id, value) in checked.constants { constants[id] = value }
    }

    private static let conversions: Set<String> = [
        "bool", "bytes", "double", "dyn", "duration", "int", "string", "timestamp", "type", "uint",
    ]

    mutating func visit(_ node: Expression) {
        for child in node.children { visit(child) }
        switch node.kind {
        case .literal(let literal): constants[node.id] = Value(literal)
        case .list(let elements):
            let values = elements.compactMap { $0.isOptional ? nil : constants[$0.value.id] }
            if values.count == elements.count { constants[node.id] = .list(values) }
        case .map(let entries):
            var map = MapValue()
            for entry in entries {
                guard !entry.isOptional, let key = constants[entry.key.id], let value = constants[entry.value.id],
                    (try? map.insert(value, for: key)) != nil
                else { return }
            }
            constants[node.id] = .map(map)
        case .call(let function, _, let arguments):
            let name = checked.qualifiedNames[node.id] ?? function
            functions[node.id] = name
            implementations[node.id] = FunctionLibrary.all.implementations[name] ?? []
            guard Self.conversions.contains(name), arguments.count == 1, let argument = constants[arguments[0].id]
            else { return }
            constants[node.id] = implementations[node.id].lazy.compactMap { try? $0([argument]) }.first
        case .identifier, .select, .presence, .comprehension: break
        }
    }
}
