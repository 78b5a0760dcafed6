/// Finds what a misspelt name was probably meant to be.
enum EditDistance {
    /// The longest name that is looked at, so that the work stays small whatever comes in.
    private static let lengthLimit = 64

    /// The candidate that takes the fewest changes, if they are few for its length.
    static func nearest(to name: String, among candidates: [String]) -> String? {
        let bytes = Array(name.lowercased().utf8)
        guard bytes.count <= lengthLimit else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates where candidate.utf8.count <= lengthLimit {
            let distance = distance(bytes, Array(candidate.lowercased().utf8))
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(1, bytes.count / 3) else { return nil }
        return best.name
    }

    /// How many insertions, deletions and replacements lead from one text to the other (Levenshtein 1965).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = diagonal + (byte == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
