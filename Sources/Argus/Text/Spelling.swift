/// Finding what a misspelt word may have meant.
enum Spelling {
    /// The word nearest to `word` by Levenshtein's distance without regard to case; `nil` where none is near.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let target = Array(word.uppercased().prefix(longestWord))
        let tolerance = max(1, target.count / 2)
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(target, Array(candidate.uppercased()))
            if distance <= tolerance, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// Longer words are cut, for they may come from anyone and the distance takes quadratic time.
    private static let longestWord = 64

    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let substituted = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
