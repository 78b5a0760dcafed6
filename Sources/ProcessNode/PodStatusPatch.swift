internal import KubernetesModel
internal import StructuredData

/// A status as a strategic merge patch that leaves the conditions of others alone. Pure.
///
/// Conditions merge by their types, so that one which somebody else writes at the same moment stays. What merges keeps what it
/// does not name: what is over is named, as `null`, and addresses replace those that there were.
enum PodStatusPatch {
    static func members(_ status: PodStatus) throws -> JSON {
        var members = try JSON(encoding: status)
        for name in ["reason", "message", "initContainerStatuses"] where members[name] == nil { members[name] = .null }
        let conditions = members["conditions"]?.arrayValue ?? []
        members["conditions"] = .array(
            conditions.map { condition in
                var condition = condition
                for name in ["reason", "message"] where condition[name] == nil { condition[name] = .null }
                return condition
            })
        for name in ["podIPs", "hostIPs"] {
            guard let addresses = members[name]?.arrayValue else { continue }
            members[name] = .array([["$patch": "replace"]] + addresses)
        }
        return members
    }
}
