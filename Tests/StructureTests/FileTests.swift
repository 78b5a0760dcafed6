import Testing

@Suite("Files")
struct FileTests {
    static let lineLimit = 500

    @Test("No file is longer than 500 lines without a reason")
    func length() throws {
        let programs = try ["Scripts", "Tests", "Examples"].flatMap(Repository.files(below:))
            .filter { $0.hasSuffix(".py") || $0.hasPrefix("Scripts/") }
        var lengths = try programs.map { path in
            (path, try Repository.text(of: path).split(separator: "\n", omittingEmptySubsequences: false).count - 1)
        }
        lengths += SourceTree.all.map { ($0.path, $0.lines.count) }
        #expect(lengths.count > 100)
        let long = lengths.filter { $0.1 > Self.lineLimit }.map(\.0)
        #expect(Set(long) == Set(Exceptions.longFiles.keys))
    }

    @Test("No file is dead: something of it is named in another file, or it is where a program begins")
    func life() {
        // In how many files a word stands; a test kit lives by the tests that use it, a product by its public names.
        var inSources: [Substring: Int] = [:]
        var inTests: Set<Substring> = []
        for file in SourceTree.sources { for word in file.words { inSources[word, default: 0] += 1 } }
        for file in SourceTree.tests { inTests.formUnion(file.words) }

        var dead: [String] = []
        for file in SourceTree.sources where !file.isProgramEntry {
            let names = file.declarations.isEmpty ? file.extended : file.declarations
            let isProduct = file.lines.contains { $0.hasPrefix("public ") || $0.hasPrefix("    public ") }
            let isTestKit = file.module == "TaskStoreTesting"
            let isAlive = names.contains { name in
                (inSources[Substring(name)] ?? 0) > 1
                    || ((isProduct || isTestKit) && inTests.contains(Substring(name)))
            }
            if !isAlive { dead.append(file.path) }
        }
        #expect(Set(dead) == Set(Exceptions.unreferencedFiles.keys))
    }

    @Test("No file holds a place for one to come")
    func placeholders() {
        for file in SourceTree.all where file.name.hasPrefix("Placeholder") || file.lines.allSatisfy(\.isEmpty) {
            Issue.record("\(file.path) holds nothing")
        }
    }
}
