import KubernetesModel
import StructuredData

/// The body that changes a status from one value to another by a merge patch.
enum StatusPatch {
    /// `nil` where nothing differs. Counts of zero, but for those in `keepsZero`, are left out of the object, as Kubernetes does.
    static func body(
        from old: some Encodable, to new: some Encodable, keepsZero: Set<String> = []
    ) throws -> JSON? {
        let old = try fields(old, keepsZero)
        let new = try fields(new, keepsZero)
        guard old != new else { return nil }
        var patch = JSONObject()
        for (name, value) in new where old[name] != value { patch[name] = value }
        for name in old.keys where new[name] == nil { patch[name] = JSON.null }
        return ["status": .object(patch)]
    }

    private static func fields(_ status: some Encodable, _ keepsZero: Set<String>) throws -> JSONObject {
        var fields = JSONObject()
        for (name, value) in try JSON(encoding: status).objectValue ?? [:] {
            if value == .integer(0), !keepsZero.contains(name) { continue }
            fields[name] = value
        }
        return fields
    }
}
