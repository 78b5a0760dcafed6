/// A function's form for one list of parameter types.
struct Overload: Sendable, Hashable {
    /// By which cost models know it.
    var id: String
    /// Whether it is called as `first.function(rest…)`.
    var isMember: Bool
    var parameters: [ExpressionType]
    var result: ExpressionType
}

/// What a function does. Arguments come with the receiver first; types are checked again here, because what is `dyn` to the
/// checker can be anything.
typealias Implementation = @Sendable ([Value]) throws(EvaluationError) -> Value

/// Functions by name.
struct FunctionLibrary: Sendable {
    private(set) var overloads: [String: [Overload]] = [:]
    /// Several where libraries share a name; the first that knows the arguments answers.
    private(set) var implementations: [String: [Implementation]] = [:]

    /// - Parameter declarations: a line for each overload, `name overload(parameters) -> result`; a point before the
    ///   overload makes it a member, single capital letters are type parameters.
    init(_ declarations: String, _ implementations: [String: Implementation]) {
        for line in declarations.split(separator: "\n") where !line.allSatisfy({ $0 == " " }) {
            var reader = SignatureReader(line)
            let (name, overload) = reader.declaration()
            overloads[name, default: []].append(overload)
        }
        self.implementations = implementations.mapValues { [$0] }
    }

    private init() {}

    static func combined(_ libraries: [FunctionLibrary]) -> FunctionLibrary {
        var all = FunctionLibrary()
        for library in libraries {
            all.overloads.merge(library.overloads) { $0 + $1 }
            all.implementations.merge(library.implementations) { $0 + $1 }
        }
        return all
    }

    /// What rules of CustomResourceDefinitions can call on a server of version 1.36.
    static let all = FunctionLibrary.combined([
        .operators, .arithmetic, .comparisons, .containers, .conversions, .times, .strings, .stringFormat, .lists,
        .listTransformations, .sets, .optionals, .regularExpressions, .urls, .addresses, .quantities, .versions,
        .formats,
    ])
}

/// Reads one line of a library's declarations.
private struct SignatureReader {
    private var rest: Substring

    init(_ line: Substring) { rest = line.drop { $0 == " " } }

    mutating func declaration() -> (String, Overload) {
        let name = word { $0 != " " }
        skip(" ")
        let isMember = skip(".")
        let id = word { $0 != "(" }
        let parameters = list()
        skip(" -> ")
        return (name, Overload(id: id, isMember: isMember, parameters: parameters, result: type()))
    }

    private mutating func word(_ belongs: (Character) -> Bool) -> String {
        let word = rest.prefix(while: belongs)
        rest = rest.dropFirst(word.count)
        return String(word)
    }

    @discardableResult
    private mutating func skip(_ text: String) -> Bool {
        guard rest.hasPrefix(text) else { return false }
        rest = rest.dropFirst(text.count)
        return true
    }

    private mutating func list() -> [ExpressionType] {
        skip("(")
        var types: [ExpressionType] = []
        while !skip(")"), !rest.isEmpty {
            types.append(type())
            skip(", ")
        }
        return types
    }

    private mutating func type() -> ExpressionType {
        let name = word { !"(), ".contains($0) }
        let arguments = rest.hasPrefix("(") ? list() : []
        switch (name, arguments.count) {
        case ("list", 1): return .list(arguments[0])
        case ("map", 2): return .map(arguments[0], arguments[1])
        case ("optional", 1): return .optional(arguments[0])
        case ("type", 1): return .type(arguments[0])
        case ("duration", 0): return .duration
        case ("timestamp", 0): return .timestamp
        default: break
        }
        if let library = Self.libraryTypes[name] { return .library(library) }
        if let named = ExpressionType.named[name] { return named }
        guard name.utf8.count == 1, let letter = name.utf8.first else {
            preconditionFailure("no type \(name) in the declaration of a function")
        }
        return .variable(Int(letter))
    }

    private static let libraryTypes: [String: ExpressionType.LibraryType] = [
        "url": .url, "quantity": .quantity, "semver": .semver, "format": .format, "ip": .ip, "cidr": .cidr,
    ]
}
