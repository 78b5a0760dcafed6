import StructuredData

/// A version by Semantic Versioning 2.0.0.
struct SemanticVersion: Sendable, Hashable {
    var major, minor, patch: UInt64
    var prerelease: [Substring] = []

    /// - Parameter normalizes: whether a leading `v` and missing parts are taken, as in `v1.2`.
    init?(_ text: String, normalizes: Bool = false) {
        var rest = Substring(text)
        if normalizes, rest.first == "v" { rest.removeFirst() }
        var build: Substring?
        if let plus = rest.firstIndex(of: "+") {
            build = rest[rest.index(after: plus)...]
            rest = rest[..<plus]
        }
        if let dash = rest.firstIndex(of: "-") {
            prerelease = rest[rest.index(after: dash)...].split(separator: ".", omittingEmptySubsequences: false)
            rest = rest[..<dash]
            guard prerelease.allSatisfy({ Self.isIdentifier($0) && !Self.hasLeadingZero($0) }) else { return nil }
        }
        if let build, !build.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isIdentifier) {
            return nil
        }
        var parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        if normalizes {
            guard parts.count <= 3, parts.count == 3 || (prerelease.isEmpty && build == nil) else { return nil }
            parts = parts.map { part in
                let digits = part.drop { $0 == "0" }
                return digits.isEmpty && !part.isEmpty ? "0" : digits
            }
            while parts.count < 3 { parts.append("0") }
        }
        guard parts.count == 3, parts.allSatisfy({ Self.isNumber($0) && !Self.hasLeadingZero($0) }),
            let major = UInt64(parts[0]), let minor = UInt64(parts[1]), let patch = UInt64(parts[2])
        else { return nil }
        (self.major, self.minor, self.patch) = (major, minor, patch)
    }

    private static func isNumber(_ part: Substring) -> Bool {
        !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) }
    }

    private static func isIdentifier(_ part: Substring) -> Bool {
        !part.isEmpty
            && part.unicodeScalars.allSatisfy { $0 == "-" || $0.isDigit || ($0.isIdentifierStart && $0 != "_") }
    }

    private static func hasLeadingZero(_ part: Substring) -> Bool {
        isNumber(part) && part.count > 1 && part.first == "0"
    }

    /// -1, 0 or 1; what is said about the build plays no part.
    func order(_ other: SemanticVersion) -> Int {
        let (left, right) = ([major, minor, patch], [other.major, other.minor, other.patch])
        if left != right { return left.lexicographicallyPrecedes(right) ? -1 : 1 }
        if prerelease.isEmpty || other.prerelease.isEmpty {
            return prerelease.isEmpty == other.prerelease.isEmpty ? 0 : prerelease.isEmpty ? 1 : -1
        }
        for (a, b) in zip(prerelease, other.prerelease) where a != b {
            switch (Self.isNumber(a), Self.isNumber(b)) {
            case (true, false): return -1
            case (false, true): return 1
            case (true, true) where a.count != b.count: return a.count < b.count ? -1 : 1
            default: return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
            }
        }
        let (a, b) = (prerelease.count, other.prerelease.count)
        return a == b ? 0 : a < b ? -1 : 1
    }
}
