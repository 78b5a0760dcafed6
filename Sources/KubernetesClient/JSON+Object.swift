internal import KubernetesModel
internal import StructuredData

extension JSON {
    /// The object without `metadata.managedFields`.
    var withoutManagedFields: JSON {
        guard case .object(var object) = self, case .object(var metadata) = object["metadata"],
            metadata.removeValue(forKey: "managedFields") != nil
        else { return self }
        object["metadata"] = .object(metadata)
        return .object(object)
    }

    /// The object with the type fields that the items of a list lack.
    func withType(of resource: ResourceType) -> JSON {
        guard case .object(let members) = self, members["apiVersion"] == nil || members["kind"] == nil else {
            return self
        }
        var object = JSONObject()
        object.reserveCapacity(members.count + 2)
        object["apiVersion"] = .string(resource.apiVersion)
        object["kind"] = .string(resource.kind)
        for (key, value) in members { object[key] = value }
        return .object(object)
    }
}
