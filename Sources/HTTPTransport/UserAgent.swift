/// How a client names itself to servers, in the form that Kubernetes clients use:
/// `das-operator/0.1.0 (linux/amd64) dynamic-agent-swarms`.
///
/// The API server logs it, and takes the part before the slash for the name of a field manager where a write gives none.
public enum UserAgent {
    /// The name of this library.
    public static let library = "dynamic-agent-swarms"

    /// - Parameters:
    ///   - program: A path is cut to its last part.
    ///   - version: `nil` where nobody knows it.
    public static func text(program: String, version: String?) -> String {
        let name = program.split(separator: "/").last.map(token) ?? ""
        return "\(name.isEmpty ? library : name)/\(version.map(token) ?? "unknown") (\(platform)) \(library)"
    }

    /// As Go names them.
    static var platform: String {
        #if os(Linux)
            let system = "linux"
        #elseif os(macOS)
            let system = "darwin"
        #else
            let system = "unknown"
        #endif
        #if arch(x86_64)
            return "\(system)/amd64"
        #elseif arch(arm64)
            return "\(system)/arm64"
        #else
            return "\(system)/unknown"
        #endif
    }

    /// RFC 9110, section 5.6.2: what stands for a name in a header; other characters become `-`.
    private static func token(_ text: some StringProtocol) -> String {
        String(
            decoding: text.utf8.map { byte -> UInt8 in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "+"):
                    byte
                default: UInt8(ascii: "-")
                }
            }, as: UTF8.self)
    }
}
