/// The order in which discovery lists the versions of a group: `v2`, `v1`, `v2beta1`, `v1alpha1`, then whatever does not look like
/// a version, by name. The first is the preferred one.
enum VersionPriority {
    private struct Parts {
        var stability: Int
        var major: Int
        var minor: Int
    }

    static func precedes(_ left: String, _ right: String) -> Bool {
        switch (parts(left), parts(right)) {
        case (let left?, let right?):
            return (left.stability, left.major, left.minor) > (right.stability, right.major, right.minor)
        case (.some, nil): return true
        case (nil, .some): return false
        case (nil, nil): return left < right
        }
    }

    private static func parts(_ version: String) -> Parts? {
        guard version.first == "v" else { return nil }
        let digits = version.dropFirst().prefix { $0.isASCII && $0.isNumber }
        guard let major = Int(digits) else { return nil }
        let rest = version.dropFirst(1 + digits.count)
        if rest.isEmpty { return Parts(stability: 2, major: major, minor: 0) }
        for (stability, name) in [(1, "beta"), (0, "alpha")] where rest.hasPrefix(name) {
            guard let minor = Int(rest.dropFirst(name.count)) else { return nil }
            return Parts(stability: stability, major: major, minor: minor)
        }
        return nil
    }
}
