private import FoundationEssentials

extension Secret {
    /// The bytes under `key`; `nil` where there are none or they are no base64.
    public func bytes(_ key: String) -> [UInt8]? { decodeBase64(data?[key]) }

    /// Base64, as `data` holds it.
    public static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}

extension ConfigMap {
    /// The content under `key`, of `data` or `binaryData`.
    public func bytes(_ key: String) -> [UInt8]? {
        if let text = data?[key] { return Array(text.utf8) }
        return decodeBase64(binaryData?[key])
    }
}

private func decodeBase64(_ text: String?) -> [UInt8]? {
    guard let text, let data = Data(base64Encoded: text) else { return nil }
    return Array(data)
}
