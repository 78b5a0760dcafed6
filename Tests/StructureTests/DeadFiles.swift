/// Finds files that nobody needs.
enum DeadFiles {
    /// The paths of those of `sources` of which no name stands in another file.
    ///
    /// A test kit lives by the tests that use it, and a product's public file by the tests that stand for its users. Names are
    /// compared as words: a dead file whose names others use for something else goes unnoticed, a living one is never accused
    /// unless only the compiler knows its use (an extension that adds nothing but conformances is alive by the type it extends).
    static func among(_ sources: [SwiftFile], tests: [SwiftFile]) -> [String] {
        var filesWithWord: [Substring: Int] = [:]
        for file in sources { for word in file.words { filesWithWord[word, default: 0] += 1 } }
        let wordsOfTests = tests.reduce(into: Set<Substring>()) { $0.formUnion($1.words) }
        return sources.filter { file in
            guard !file.isProgramEntry else { return false }
            let names = file.declarations.isEmpty ? file.extended : file.declarations
            let countsTests = file.isPublic || file.module == "TaskStoreTesting"
            return !names.contains { name in
                filesWithWord[Substring(name), default: 0] > 1
                    || (countsTests && wordsOfTests.contains(Substring(name)))
            }
        }.map(\.path)
    }
}
