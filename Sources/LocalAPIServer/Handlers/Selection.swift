import KubernetesModel
import StructuredData

/// Which objects of a resource a list, watch or collection delete is about.
struct Selection: Sendable {
    var labels: LabelSelectorExpression
    private var fields: [(field: String, value: String, isEqual: Bool)]
    private var name: String?
    private var definition: ResourceDefinition

    /// - Throws: 400 where a selector cannot be read, or names a field that the kind does not offer.
    init(_ target: Target, _ request: APIRequest) throws(KubernetesStatus) {
        do {
            labels = try LabelSelectorExpression.parse(request.query["labelSelector"] ?? "")
            fields = []
            for requirement in try FieldSelector.parse(request.query["fieldSelector"] ?? "").requirements {
                switch requirement.field {
                case "metadata.name", "metadata.namespace":
                    fields.append((requirement.field, requirement.value, requirement.isEqual))
                default:
                    guard let stored = target.definition.storedField(requirement.field) else {
                        throw KubernetesStatus.badRequest("field label not supported: \(requirement.field)")
                    }
                    fields.append((stored, requirement.value, requirement.isEqual))
                }
            }
        } catch let error as SelectorError {
            throw .badRequest(error.message)
        } catch let status as KubernetesStatus {
            throw status
        } catch {
            throw .badRequest("\(error)")
        }
        name = target.name
        definition = target.definition
    }

    var selectsEverything: Bool { labels.requirements.isEmpty && fields.isEmpty && name == nil }

    func matches(_ object: StoredObject) -> Bool {
        if let name, object.location.name != name { return false }
        let values = fields.isEmpty ? [:] : definition.fields(of: object)
        for (field, value, isEqual) in fields {
            let actual: String
            switch field {
            case "metadata.name": actual = object.location.name
            case "metadata.namespace": actual = object.location.namespace
            default: actual = values[field] ?? definition.impliedFields[field] ?? ""
            }
            if (actual == value) != isEqual { return false }
        }
        return labels.requirements.isEmpty || labels.matches(object.labels)
    }
}
