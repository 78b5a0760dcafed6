/// Comparing resource versions.
///
/// Versions of one resource type are decimal numbers that only grow (Kubernetes enhancement 5504); they are compared as
/// text, so that no width of integer is assumed. Anything else can only be told equal or different.
public enum ResourceVersion {
    /// Whether `version` is `other` or later; `nil` where that cannot be told.
    public static func isAtLeast(_ version: String, _ other: String) -> Bool? {
        if version == other { return true }
        guard isNumber(version), isNumber(other) else { return nil }
        if version.utf8.count != other.utf8.count { return version.utf8.count > other.utf8.count }
        return version.utf8.lexicographicallyPrecedes(other.utf8) == false
    }

    private static func isNumber(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "0") || text.utf8.count == 1 else { return false }
        return text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
