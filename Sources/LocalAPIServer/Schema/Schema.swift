import CommonExpression
import StructuredData

/// What an object of a kind looks like: the structural schema of a custom resource, or the built-in table's entry for a
/// built-in one. Pruning, defaulting, validation, merging and OpenAPI all read this one value.
final class Schema: Sendable {
    enum Kind: String, Sendable {
        case object, array, string, integer, number, boolean
    }

    enum ListType: Sendable, Hashable {
        case atomic
        case set
        case map(keys: [String])
    }

    /// Bounds and other conditions on a value.
    struct Constraints: Sendable {
        var enumeration: [JSON] = []
        var minimum: Double?
        var maximum: Double?
        var exclusiveMinimum = false
        var exclusiveMaximum = false
        var multipleOf: Double?
        var minLength: Int?
        var maxLength: Int?
        var pattern: RegularExpression?
        var format: String?
        var minItems: Int?
        var maxItems: Int?
        var minProperties: Int?
        var maxProperties: Int?
        var allOf: [Schema] = []
        var anyOf: [Schema] = []
        var oneOf: [Schema] = []
        var not: Schema?
    }

    /// `nil`: any type.
    let kind: Kind?
    /// Under which OpenAPI documents hold it, where others than the one around it use it; of built-in kinds only.
    let name: String?
    let title: String?
    let description: String?
    let properties: [String: Schema]
    let additionalProperties: Schema?
    let items: Schema?
    let required: [String]
    let defaultValue: JSON?
    let constraints: Constraints
    let isNullable: Bool
    let preservesUnknownFields: Bool
    let isIntOrString: Bool
    let isEmbeddedResource: Bool
    let listType: ListType?
    /// Whether elements of a list map may have the same key, as in some lists of the built-in kinds, such as a container's
    /// environment.
    let mayRepeatKeys: Bool
    /// Whether the object, or map, is owned and replaced as a whole.
    let isAtomic: Bool
    /// `x-kubernetes-validations`, kept as written.
    let rules: JSON?
    /// Whether an empty map or list is the same as none, as in the built-in kinds.
    let isAbsentWhenEmpty: Bool

    init(
        kind: Kind? = nil, name: String? = nil, title: String? = nil, description: String? = nil,
        properties: [String: Schema] = [:], additionalProperties: Schema? = nil, items: Schema? = nil,
        required: [String] = [], defaultValue: JSON? = nil, constraints: Constraints = Constraints(),
        isNullable: Bool = false, preservesUnknownFields: Bool = false, isIntOrString: Bool = false,
        isEmbeddedResource: Bool = false, listType: ListType? = nil, mayRepeatKeys: Bool = false,
        isAtomic: Bool = false, rules: JSON? = nil, isAbsentWhenEmpty: Bool = false
    ) {
        self.kind = kind
        self.name = name
        self.title = title
        self.description = description
        self.properties = properties
        self.additionalProperties = additionalProperties
        self.items = items
        self.required = required
        self.defaultValue = defaultValue
        self.constraints = constraints
        self.isNullable = isNullable
        self.preservesUnknownFields = preservesUnknownFields
        self.isIntOrString = isIntOrString
        self.isEmbeddedResource = isEmbeddedResource
        self.listType = listType
        self.mayRepeatKeys = mayRepeatKeys
        self.isAtomic = isAtomic
        self.rules = rules
        self.isAbsentWhenEmpty = isAbsentWhenEmpty
    }

    static let quantityName = "io.k8s.apimachinery.pkg.api.resource.Quantity"

    /// Whether it is the built-in kinds' quantity, which is stored in one form; custom kinds have no such type.
    var isQuantity: Bool { name == Self.quantityName }

    /// Any value, kept as it is.
    static let anything = Schema(preservesUnknownFields: true)
}
