internal import StructuredData

extension OwnerReference {
    /// The reference in `json`, or `nil` where that lacks a name or UID.
    init?(json: JSON) {
        guard let name = json["name"]?.stringValue, let uid = json["uid"]?.stringValue else { return nil }
        self.init(
            apiVersion: json["apiVersion"]?.stringValue ?? "", kind: json["kind"]?.stringValue ?? "", name: name,
            uid: uid,
            controller: json["controller"]?.boolValue, blockOwnerDeletion: json["blockOwnerDeletion"]?.boolValue)
    }
}
