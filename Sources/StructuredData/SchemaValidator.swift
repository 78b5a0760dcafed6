/// Checks one value against compiled schemas and collects how it does not fit.
struct SchemaValidator {
    /// A violation with what is needed to join it with those of other alternatives.
    struct Found {
        var path: JSONPointer
        var keyword: String
        var message: String
        /// The types that `type` admits.
        var types: SchemaTypes?
        /// What `enum` or `const` admits, and what there is.
        var choice: Choice?
    }

    struct Choice {
        var allowed: [JSON]
        var found: JSON

        var message: String { "must be \(SchemaValidator.list(allowed)), found \(found.shortDescription)" }
    }

    /// A step from a value to a part of it; it becomes text only when something is wrong.
    private enum Step {
        case member(String)
        case element(Int)
    }

    let nodes: [SchemaNode]
    var found: [Found] = []
    /// Why the check was given up: then what was found says nothing.
    private(set) var exhaustion: String?
    private let root: JSON
    private var path: [Step] = []
    private var stepsLeft: Int
    private var isExtended = false
    private var nesting = 0

    /// - Parameter steps: what the check may cost.
    init(_ nodes: [SchemaNode], root: JSON, steps: Int) {
        self.nodes = nodes
        self.root = root
        stepsLeft = steps
    }

    /// How many steps below the root the value in hand is.
    var depth: Int { path.count }

    private var isFull: Bool { exhaustion != nil || found.count >= JSONSchema.violationLimit }

    /// Whether the check may go on for so many steps.
    private mutating func spend(_ steps: Int) -> Bool {
        stepsLeft -= steps
        if stepsLeft < 0, !isExtended {
            // A large value is given its due; it is counted only where that matters.
            isExtended = true
            stepsLeft += root.valueCount * SchemaLimits.stepsPerValue
        }
        if stepsLeft < 0 { exhaustion = "takes too long to check against this schema" }
        return exhaustion == nil
    }

    mutating func check(_ value: JSON, against index: Int) {
        if isFull || !spend(1) { return }
        nesting += 1
        defer { nesting -= 1 }
        if nesting > SchemaLimits.nesting {
            exhaustion = "nests too deeply to be checked against this schema"
            return
        }
        if nodes[index].isNever { return report("", "nothing is allowed here") }
        if let types = nodes[index].types, !types.admits(value) {
            // What else is wrong follows from that.
            return report("type", "must be \(types.phrase), found \(value.shortDescription)", types: types)
        }
        if let allowed = nodes[index].allowed, !allowed.admits(value) {
            let choice = Choice(allowed: allowed.values, found: value)
            report(allowed.keyword, choice.message, choice: choice)
        }
        switch value {
        case .integer, .number: if let rules = nodes[index].numbers { check(value, rules) }
        case .string(let text): if let rules = nodes[index].strings { check(text, rules) }
        case .array(let elements): if let rules = nodes[index].arrays { check(elements, rules) }
        case .object(let members): if let rules = nodes[index].objects { check(members, value, rules) }
        case .null, .bool: break
        }
        if let combinations = nodes[index].combinations { check(value, combinations) }
    }

    /// The violations of a value alone, apart from those collected so far.
    mutating func violations(of value: JSON, against index: Int) -> [Found] {
        let before = found
        found = []
        defer { found = before }
        check(value, against: index)
        return found
    }

    mutating func fits(_ value: JSON, _ index: Int) -> Bool { violations(of: value, against: index).isEmpty }

    mutating func report(_ keyword: String, _ message: String, types: SchemaTypes? = nil, choice: Choice? = nil) {
        if isFull { return }
        let tokens = path.map { step in
            switch step {
            case .member(let name): name
            case .element(let index): String(index)
            }
        }
        found.append(
            Found(path: JSONPointer(tokens: tokens), keyword: keyword, message: message, types: types, choice: choice))
    }

    /// `one of "a", "b"`, or the one value there is.
    private static func list(_ values: [JSON]) -> String {
        if values.isEmpty { return "absent, as no value is allowed" }
        if values.count == 1 { return values[0].shortDescription }
        let listLimit = 20
        let shown = values.prefix(listLimit).map(\.shortDescription).joined(separator: ", ")
        return "one of \(shown)" + (values.count > listLimit ? " and \(values.count - listLimit) more" : "")
    }

    // MARK: - Numbers and strings

    private mutating func check(_ value: JSON, _ rules: SchemaNode.NumberRules) {
        let number = value.shortDescription
        if let limit = rules.minimum, value.isLess(than: limit) {
            report("minimum", "must be at least \(limit), found \(number)")
        }
        if let limit = rules.maximum, limit.isLess(than: value) {
            report("maximum", "must be at most \(limit), found \(number)")
        }
        if let limit = rules.exclusiveMinimum, !limit.isLess(than: value) {
            report("exclusiveMinimum", "must be greater than \(limit), found \(number)")
        }
        if let limit = rules.exclusiveMaximum, !value.isLess(than: limit) {
            report("exclusiveMaximum", "must be less than \(limit), found \(number)")
        }
        if let divisor = rules.multipleOf, !value.isMultiple(of: divisor) {
            report("multipleOf", "must be a multiple of \(divisor), found \(number)")
        }
    }

    private mutating func check(_ text: String, _ rules: SchemaNode.StringRules) {
        if rules.minLength > 0 || rules.maxLength != nil {
            let length = text.unicodeScalars.count
            if length < rules.minLength {
                report("minLength", "must have at least \(Self.count(rules.minLength, "character")), has \(length)")
            }
            if let limit = rules.maxLength, length > limit {
                report("maxLength", "must have at most \(Self.count(limit, "character")), has \(length)")
            }
        }
        if let pattern = rules.pattern, spend(pattern.steps(for: text)), !pattern.matches(text) {
            report("pattern", "must match \(pattern.source), found \(JSON.string(text).shortDescription)")
        }
    }

    // MARK: - Arrays

    private mutating func check(_ elements: [JSON], _ rules: SchemaNode.ArrayRules) {
        if elements.count < rules.minItems {
            report("minItems", "must have at least \(Self.count(rules.minItems, "element")), has \(elements.count)")
        }
        if let limit = rules.maxItems, elements.count > limit {
            report("maxItems", "must have at most \(Self.count(limit, "element")), has \(elements.count)")
        }
        if rules.uniqueItems { checkUnique(elements) }
        for (index, element) in elements.enumerated() {
            guard let node = index < rules.prefixItems.count ? rules.prefixItems[index] : rules.items else { break }
            descend(.element(index), element, node)
            if isFull { return }
        }
        if let node = rules.contains { checkContains(elements, node, rules) }
    }

    private mutating func checkUnique(_ elements: [JSON]) {
        var places: [JSON: Int] = [:]
        for (index, element) in elements.enumerated() {
            if let first = places.updateValue(index, forKey: element) {
                return report("uniqueItems", "all elements must differ, but \(first) and \(index) are equal")
            }
        }
    }

    private mutating func checkContains(_ elements: [JSON], _ node: Int, _ rules: SchemaNode.ArrayRules) {
        var count = 0
        for element in elements where fits(element, node) { count += 1 }
        if count < rules.minContains {
            report("contains", "must have at least \(Self.count(rules.minContains, "element")) that fits, has \(count)")
        }
        if let limit = rules.maxContains, count > limit {
            report("maxContains", "must have at most \(Self.count(limit, "element")) that fits, has \(count)")
        }
    }

    // MARK: - Objects

    private mutating func check(_ members: JSONObject, _ value: JSON, _ rules: SchemaNode.ObjectRules) {
        guard spend(rules.required.count + rules.dependentRequired.count) else { return }
        for name in rules.required where !members.contains(name) {
            report("required", "\(JSON.string(name)) is required, but missing")
        }
        if members.count < rules.minProperties {
            report(
                "minProperties", "must have at least \(Self.count(rules.minProperties, "member")), has \(members.count)"
            )
        }
        if let limit = rules.maxProperties, members.count > limit {
            report("maxProperties", "must have at most \(Self.count(limit, "member")), has \(members.count)")
        }
        for (name, required) in rules.dependentRequired where members.contains(name) {
            for other in required where !members.contains(other) {
                report(
                    "dependentRequired", "\(JSON.string(other)) is required beside \(JSON.string(name)), but missing")
            }
        }
        for (name, node) in rules.dependentSchemas where members.contains(name) { check(value, against: node) }
        for (name, member) in members {
            check(member, named: name, rules)
            if isFull { return }
        }
    }

    private mutating func check(_ member: JSON, named name: String, _ rules: SchemaNode.ObjectRules) {
        if let node = rules.names, let violation = violations(of: .string(name), against: node).first {
            report("propertyNames", "the member's name \(JSON.string(name)) \(violation.message)")
        }
        var isDescribed = false
        if let node = rules.properties[name] {
            isDescribed = true
            descend(.member(name), member, node)
        }
        for (pattern, node) in rules.patternProperties {
            guard spend(pattern.steps(for: name)) else { return }
            guard pattern.matches(name) else { continue }
            isDescribed = true
            descend(.member(name), member, node)
        }
        guard !isDescribed, let node = rules.additionalProperties else { return }
        if nodes[node].isNever {
            path.append(.member(name))
            report("additionalProperties", Self.unknown(name, rules))
            path.removeLast()
        } else {
            descend(.member(name), member, node)
        }
    }

    private mutating func descend(_ step: Step, _ value: JSON, _ node: Int) {
        path.append(step)
        check(value, against: node)
        path.removeLast()
    }

    private static func unknown(_ name: String, _ rules: SchemaNode.ObjectRules) -> String {
        let known = rules.propertyNames
        if let near = EditDistance.nearest(to: name, among: known) {
            return "is not a known member; did you mean \(JSON.string(near))?"
        }
        if known.isEmpty { return "is not a known member; there are none" }
        return "is not a known member; known are \(known.prefix(20).joined(separator: ", "))"
            + (known.count > 20 ? " and \(known.count - 20) more" : "")
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}

extension JSON {
    /// How many values it is made of, itself included.
    fileprivate var valueCount: Int {
        switch self {
        case .array(let elements): elements.reduce(1) { $0 + $1.valueCount }
        case .object(let members): members.reduce(1) { $0 + $1.value.valueCount }
        case .null, .bool, .integer, .number, .string: 1
        }
    }

    /// Whether this number is less than another; exact where both are integers.
    fileprivate func isLess(than other: JSON) -> Bool {
        if case .integer(let left) = self, case .integer(let right) = other { return left < right }
        guard let left = doubleValue, let right = other.doubleValue else { return false }
        return left < right
    }

    /// Whether this number is a multiple of another, both as decimals: 0.3 is one of 0.1.
    fileprivate func isMultiple(of divisor: JSON) -> Bool {
        if case .integer(let left) = self, case .integer(let right) = divisor {
            return left.isMultiple(of: right)
        }
        guard let left = DecimalNumber(self), let right = DecimalNumber(divisor) else { return false }
        return left.isMultiple(of: right)
    }
}
