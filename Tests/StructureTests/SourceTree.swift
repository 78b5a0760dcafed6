/// The Swift files of the checkout, read once.
enum SourceTree {
    static let sources: [SwiftFile] = read("Sources")
    static let tests: [SwiftFile] = read("Tests")
    static let benchmarks: [SwiftFile] = read("Benchmarks")
    static let examples: [SwiftFile] = read("Examples")
    static let all = sources + tests + benchmarks + examples

    private static func read(_ folder: String) -> [SwiftFile] {
        do {
            return try Repository.files(below: folder).filter { path in
                // The code in documentation belongs to the program that it shows.
                path.hasSuffix(".swift") && !path.contains(".docc/")
            }.map { path in
                SwiftFile(path: path, text: try Repository.text(of: path))
            }
        } catch {
            // Each test that counts on the files says so.
            return []
        }
    }
}
