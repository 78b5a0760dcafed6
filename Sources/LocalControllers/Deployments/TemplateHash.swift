import StructuredData

/// Tells pod templates apart, and names them.
enum PodTemplate {
    static let hashLabel = "pod-template-hash"

    /// The template without what makes no difference: the hash label itself, members that are `null`, empty metadata.
    static func normalized(_ template: JSON) -> JSON {
        var template = template.withoutNulls
        guard var metadata = template["metadata"] else { return template }
        if var labels = metadata["labels"] {
            labels[hashLabel] = nil
            metadata["labels"] = labels.objectValue?.isEmpty == true ? .none : .some(labels)
        }
        template["metadata"] = metadata.objectValue?.isEmpty == true ? .none : .some(metadata)
        return template
    }

    static func areEqual(_ left: JSON, _ right: JSON) -> Bool { normalized(left) == normalized(right) }

    /// A short name for the template, the same in every process; `collisions` makes it another one.
    ///
    /// FNV-1a over the canonical text, written in an alphabet that spells no words, as in Kubernetes. The value differs from
    /// Kubernetes' own, which hashes how Go prints its types; it is only ever compared with itself.
    static func hash(_ template: JSON, collisions: Int) -> String {
        var hash: UInt32 = 2_166_136_261
        func add(_ byte: UInt8) { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        for byte in normalized(template).serialized(.sortedKeys) { add(byte) }
        if collisions > 0 { for byte in "#\(collisions)".utf8 { add(byte) } }
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        return String(String(hash).utf8.map { alphabet[Int($0) % alphabet.count] })
    }
}

extension JSON {
    /// The value without object members that are `null`.
    fileprivate var withoutNulls: JSON {
        switch self {
        case .object(let members):
            .object(JSONObject(members.lazy.filter { !$0.value.isNull }.map { ($0.key, $0.value.withoutNulls) }))
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }
}
