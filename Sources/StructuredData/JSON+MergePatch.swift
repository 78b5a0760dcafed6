extension JSON {
    /// The value after a merge patch (RFC 7396): members of the patch replace those of the value, `null` removes a member,
    /// objects are merged at every level, and anything else replaces what it meets.
    public func mergePatched(with patch: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var members = objectValue ?? [:]
        for (key, change) in changes {
            if change.isNull {
                members.removeValue(forKey: key)
            } else {
                members[key] = (members[key] ?? .null).mergePatched(with: change)
            }
        }
        return .object(members)
    }

    /// The smallest merge patch that makes `target` of `source`; `{}` where they are equal objects.
    ///
    /// A merge patch cannot set a member to `null`: members of `target` that are `null` come out as absent.
    public static func mergePatch(from source: JSON, to target: JSON) -> JSON {
        guard case .object(let new) = target else { return target }
        let old = source.objectValue ?? [:]
        var patch = JSONObject()
        for (key, value) in new {
            guard let previous = old[key] else {
                patch[key] = value
                continue
            }
            if previous == value { continue }
            let isMerge = value.objectValue != nil && previous.objectValue != nil
            patch[key] = isMerge ? mergePatch(from: previous, to: value) : value
        }
        for key in old.keys where !new.contains(key) { patch[key] = .null }
        return .object(patch)
    }
}
