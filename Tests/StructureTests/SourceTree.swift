/// The Swift files of the checkout, read once.
enum SourceTree {
    static let sources: [SwiftFile] = read("Sources")
    static let tests: [SwiftFile] = read("Tests")
    static let benchmarks: [SwiftFile] = read("Benchmarks")
    static let all = sources + tests + benchmarks

    private static func read(_ folder: String) -> [SwiftFile] {
        do {
            return try Repository.files(below: folder).filter { $0.hasSuffix(".swift") }.map { path in
                SwiftFile(path: path, text: try Repository.text(of: path))
            }
        } catch {
            // Each test that counts on the files says so.
            return []
        }
    }
}
