private import FoundationEssentials

/// Where a client's bearer token comes from.
package enum TokenSource: Sendable, Hashable {
    case none
    case fixed(String)
    /// Read anew every few seconds, and after a call was refused: projected service-account tokens rotate.
    case file(String)

    /// The token as it is now, without surrounding white space.
    package func current() throws(GatewayError) -> String? {
        switch self {
        case .none: return nil
        case .fixed(let token): return token
        case .file(let path):
            let bytes: Data
            do {
                bytes = try Data(contentsOf: URL(filePath: path))
            } catch {
                throw GatewayError(
                    .noToken, message: "the token file \(path) cannot be read: is the token volume mounted?",
                    isRetryable: true)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let token = text.drop(while: \.isWhitespace)
            guard let end = token.lastIndex(where: { !$0.isWhitespace }) else {
                throw GatewayError(
                    .noToken, message: "the token file \(path) is empty; it is read again with the next call",
                    isRetryable: true)
            }
            return String(token[...end])
        }
    }
}
