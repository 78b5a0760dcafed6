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
        #expect(Set(long).symmetricDifference(Exceptions.longFiles.keys).sorted() == [])
    }

    @Test("No file is dead: something of it is named in another file, or it is where a program begins")
    func life() {
        let dead = DeadFiles.among(SourceTree.sources, tests: SourceTree.tests)
        #expect(Set(dead).symmetricDifference(Exceptions.unreferencedFiles.keys).sorted() == [])
    }

    @Test("No file holds a place for one to come")
    func placeholders() {
        for file in SourceTree.all where file.name.hasPrefix("Placeholder") || file.lines.allSatisfy(\.isEmpty) {
            Issue.record("\(file.path) holds nothing")
        }
    }
}
