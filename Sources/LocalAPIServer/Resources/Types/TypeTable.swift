import StructuredData

/// Reads the table of built-in types.
///
/// One type a block: `type Name`, then one field a line: `name[!] type [attributes…]`. `!` marks a required field. Types are
/// `string`, `int32`, `int64`, `number`, `bool`, `bytes` (base64), `time`, `microtime`, `quantity`, `intstr`, `fields` (FieldsV1),
/// `any` (kept as it is), `map[T]`, `[]T`, or the name of a type. Attributes: `=value` (default), `key=a,b` (a list that is a map by
/// these keys), `unique` (one in which no key may stand twice), `set` (a list that is a set), `atomic` (replaced as a whole), `enum=A|B`, `min=n`, `#n` (the field's number in
/// protobuf; `#n.m`: it stands in the message that is field n; `#n*`: it is kept where it is empty, as in JSON). `type Name atomic`
/// makes a type atomic wherever it stands; `type Name as=Other` is called otherwise in OpenAPI documents. `package name` says where
/// the types below it stand there.
///
/// Indented lines describe the type or field above them; a field without any is described in the type that its own is `like=`.
/// They are for `TypeDescriptions`.
///
/// `wire=T` gives another type to the field in protobuf, where its JSON is kept as it is: `json` (bytes that hold JSON), or a type that
/// may contain itself. `type Name union` is in JSON the value of the last of its fields that is set.
struct TypeTable {
    private struct Definition {
        /// In OpenAPI documents.
        var fullName: String
        var isAtomic: Bool
        var isUnion: Bool
        var fields: [Field]
    }

    private struct Field {
        var name: String
        var type: String
        var isRequired: Bool
        var attributes: [Substring]
    }

    /// How a field travels in protobuf.
    struct WireField: Sendable {
        var name: String
        var type: String
        /// Its number, below those of the messages that it stands in.
        var path: [Int]
        var keepsEmpty: Bool
    }

    private var definitions: [String: Definition] = [:]
    private var built: [String: Schema] = [:]

    init(_ texts: [String]) {
        for text in texts { read(text) }
    }

    private mutating func read(_ text: String) {
        var package = Substring()
        var name = ""
        for line in Line.all(of: text) {
            switch line {
            case .package(let words): package = words[1]
            case .type(let words):
                name = String(words[1])
                definitions[name] = Definition(
                    fullName: Self.fullName(words, in: package), isAtomic: words.contains("atomic"),
                    isUnion: words.contains("union"), fields: [])
            case .field(let words):
                definitions[name]?.fields.append(
                    Field(
                        name: String(Self.fieldName(words)), type: String(words[1]),
                        isRequired: words[0].last == "!", attributes: Array(words.dropFirst(2))))
            case .description: break
            }
        }
    }

    /// The names of all types.
    var names: [String] { Array(definitions.keys) }

    func fieldNames(of name: String) -> [String] { definitions[name]?.fields.map(\.name) ?? [] }

    /// The fields of a type that have a number in protobuf.
    func wireFields(of name: String) -> [WireField] {
        (definitions[name]?.fields ?? []).compactMap { field in
            guard let number = field.attributes.first(where: { $0.hasPrefix("#") })?.dropFirst() else { return nil }
            let keepsEmpty = number.last == "*"
            let path = (keepsEmpty ? number.dropLast() : number).split(separator: ".").compactMap { Int($0) }
            let type = field.attributes.first { $0.hasPrefix("wire=") }.map { String($0.dropFirst(5)) } ?? field.type
            return WireField(name: field.name, type: type, path: path, keepsEmpty: keepsEmpty)
        }
    }

    /// Whether a type is in JSON the value of one of its fields.
    func isUnion(_ name: String) -> Bool { definitions[name]?.isUnion == true }

    /// The schema of a type. Types must not contain themselves.
    mutating func schema(_ name: String) -> Schema {
        if let schema = built[name] { return schema }
        guard let definition = definitions[name] else {
            // Only a mistake in the table can ask for a type that is not there.
            preconditionFailure("the table of built-in types has no \(name)")
        }
        var properties: [String: Schema] = [:]
        for field in definition.fields { properties[field.name] = schema(of: field) }
        let schema = Schema(
            kind: .object, name: definition.fullName, properties: properties,
            required: definition.fields.filter(\.isRequired).map(\.name), isAtomic: definition.isAtomic)
        built[name] = schema
        return schema
    }

    private mutating func schema(of field: Field) -> Schema {
        var constraints = Schema.Constraints()
        var defaultValue: JSON?
        var listType: Schema.ListType?
        var isUnique = false
        var isAtomic = false
        for attribute in field.attributes {
            switch attribute {
            case "set": listType = .set
            case "unique": isUnique = true
            case "atomic": isAtomic = true
            case _ where attribute.hasPrefix("key="):
                listType = .map(keys: attribute.dropFirst(4).split(separator: ",").map(String.init))
            case _ where attribute.hasPrefix("enum="):
                constraints.enumeration = attribute.dropFirst(5).split(separator: "|").map { .string(String($0)) }
            case _ where attribute.hasPrefix("min="): constraints.minimum = Double(attribute.dropFirst(4))
            case _ where attribute.hasPrefix("#") || attribute.hasPrefix("wire="): break
            case _ where attribute.hasPrefix("="):
                let text = String(attribute.dropFirst())
                defaultValue = (try? JSON.parse(text)) ?? .string(text)
            default: preconditionFailure("the table of built-in types has an unknown attribute \(attribute)")
            }
        }
        return schema(
            ofType: field.type, constraints: constraints, defaultValue: defaultValue, listType: listType,
            isUnique: isUnique, isAtomic: isAtomic)
    }

    private static let machinery = "io.k8s.apimachinery.pkg"

    private mutating func schema(
        ofType type: String, constraints: Schema.Constraints = .init(), defaultValue: JSON? = nil,
        listType: Schema.ListType? = nil, isUnique: Bool = false, isAtomic: Bool = false
    ) -> Schema {
        var constraints = constraints
        func scalar(_ kind: Schema.Kind, format: String? = nil, name: String? = nil) -> Schema {
            constraints.format = format
            return Schema(
                kind: kind, name: name.map { "\(Self.machinery).\($0)" }, defaultValue: defaultValue,
                constraints: constraints)
        }
        switch type {
        case "string": return scalar(.string)
        case "int32": return scalar(.integer, format: "int32")
        case "int64": return scalar(.integer, format: "int64")
        case "number": return scalar(.number)
        case "bool": return scalar(.boolean)
        case "bytes": return scalar(.string, format: "byte")
        case "time": return scalar(.string, format: "date-time", name: "apis.meta.v1.Time")
        case "microtime": return scalar(.string, format: "date-time", name: "apis.meta.v1.MicroTime")
        case "intstr":
            return Schema(
                name: "\(Self.machinery).util.intstr.IntOrString", defaultValue: defaultValue,
                constraints: constraints, isIntOrString: true)
        case "quantity": return scalar(.string, format: "quantity", name: "api.resource.Quantity")
        case "any", "fields":
            return Schema(
                kind: .object, name: type == "fields" ? "\(Self.machinery).apis.meta.v1.FieldsV1" : nil,
                defaultValue: defaultValue, preservesUnknownFields: true, isAtomic: isAtomic)
        case _ where type.hasPrefix("[]"):
            return Schema(
                kind: .array, items: schema(ofType: String(type.dropFirst(2))), defaultValue: defaultValue,
                listType: listType ?? .atomic, mayRepeatKeys: !isUnique && listType != .set, isAbsentWhenEmpty: true)
        case _ where type.hasPrefix("map["):
            return Schema(
                kind: .object, additionalProperties: schema(ofType: String(type.dropFirst(4).dropLast())),
                defaultValue: defaultValue, isAtomic: isAtomic, isAbsentWhenEmpty: true)
        default:
            let named = schema(type)
            guard defaultValue != nil || (isAtomic && !named.isAtomic) else { return named }
            return Schema(
                kind: .object, name: named.name, properties: named.properties, required: named.required,
                defaultValue: defaultValue,
                isAtomic: isAtomic || named.isAtomic)
        }
    }
}
