/// What the checker has found out about type variables.
struct TypeBindings {
    private var bound: [Int: ExpressionType] = [:]
    /// What the assignment under way has changed, to be undone if it fails.
    private var trail: [(variable: Int, before: ExpressionType?)] = []
    /// Above those of declarations, which are letters.
    private var next = 1000

    mutating func fresh() -> ExpressionType {
        next += 1
        return .variable(next)
    }

    /// A declaration's types with variables of their own, so that one call does not bind another's.
    mutating func instantiate(_ overload: Overload) -> Overload {
        var names: [Int: ExpressionType] = [:]
        func renamed(_ type: ExpressionType) -> ExpressionType {
            switch type {
            case .variable(let letter):
                if let known = names[letter] { return known }
                let new = fresh()
                names[letter] = new
                return new
            case .list(let element): return .list(renamed(element))
            case .map(let key, let value): return .map(renamed(key), renamed(value))
            case .optional(let wrapped): return .optional(renamed(wrapped))
            case .type(let inner): return .type(renamed(inner))
            default: return type
            }
        }
        var copy = overload
        copy.parameters = overload.parameters.map(renamed)
        copy.result = renamed(overload.result)
        return copy
    }

    /// The type with what is known put in.
    /// - Parameter isFinal: whether what stays unknown becomes dynamic.
    func resolve(_ type: ExpressionType, isFinal: Bool = false) -> ExpressionType {
        switch type {
        case .variable(let number):
            if let known = bound[number] { return resolve(known, isFinal: isFinal) }
            return isFinal ? .dynamic : type
        case .list(let element): return .list(resolve(element, isFinal: isFinal))
        case .map(let key, let value):
            return .map(resolve(key, isFinal: isFinal), resolve(value, isFinal: isFinal))
        case .optional(let wrapped): return .optional(resolve(wrapped, isFinal: isFinal))
        case .type(let inner): return .type(resolve(inner, isFinal: isFinal))
        default: return type
        }
    }

    /// Whether values of `actual` can stand where `formal` is wanted; binds variables only if so.
    mutating func assign(_ actual: ExpressionType, to formal: ExpressionType) -> Bool {
        assign([actual], to: [formal])
    }

    mutating func assign(_ actual: [ExpressionType], to formal: [ExpressionType]) -> Bool {
        guard actual.count == formal.count else { return false }
        trail.removeAll(keepingCapacity: true)
        for (actual, formal) in zip(actual, formal) where !unify(actual, formal) {
            for change in trail.reversed() { bound[change.variable] = change.before }
            return false
        }
        return true
    }

    private mutating func unify(_ actual: ExpressionType, _ formal: ExpressionType) -> Bool {
        if case .variable(let number) = formal { return bind(number, with: actual, isFormal: true) }
        if case .variable(let number) = actual { return bind(number, with: formal, isFormal: false) }
        switch (actual, formal) {
        case (.dynamic, _), (_, .dynamic): return true
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)): return unify(a, b)
        case (.map(let keyA, let valueA), .map(let keyB, let valueB)):
            return unify(keyA, keyB) && unify(valueA, valueB)
        case (.type, .type): return true
        case (.null, .duration), (.null, .timestamp), (.null, .object), (.null, .library), (.null, .optional),
            (.duration, .null), (.timestamp, .null), (.object, .null), (.library, .null), (.optional, .null):
            return true
        default: return actual == formal
        }
    }

    private mutating func bind(_ number: Int, with other: ExpressionType, isFormal: Bool) -> Bool {
        if other == .variable(number) { return true }
        guard let known = bound[number] else {
            guard !occurs(number, in: other) else { return false }
            set(number, to: other)
            return true
        }
        guard isFormal ? unify(other, known) : unify(known, other) else { return false }
        let general = Self.moreGeneral(other, known)
        if general != known, general != .variable(number), !occurs(number, in: general) { set(number, to: general) }
        return true
    }

    private mutating func set(_ number: Int, to type: ExpressionType) {
        trail.append((number, bound[number]))
        bound[number] = type
    }

    private func occurs(_ number: Int, in type: ExpressionType) -> Bool {
        switch type {
        case .variable(let other):
            if other == number { return true }
            return bound[other].map { occurs(number, in: $0) } ?? false
        case .list(let inner), .optional(let inner), .type(let inner): return occurs(number, in: inner)
        case .map(let key, let value): return occurs(number, in: key) || occurs(number, in: value)
        default: return false
        }
    }

    /// Of two types that fit each other, the one that says less.
    static func moreGeneral(_ first: ExpressionType, _ second: ExpressionType) -> ExpressionType {
        saysLess(first, than: second) ? first : second
    }

    private static func saysLess(_ first: ExpressionType, than second: ExpressionType) -> Bool {
        switch (first, second) {
        case (.dynamic, _), (.variable, _): return true
        case (_, .dynamic), (_, .variable): return false
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)): return saysLess(a, than: b)
        case (.map(let keyA, let valueA), .map(let keyB, let valueB)):
            return saysLess(keyA, than: keyB) && saysLess(valueA, than: valueB)
        case (.null, _): return false
        case (_, .null): return true
        default: return first == second
        }
    }
}
