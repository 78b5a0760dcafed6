/// Finds lines that wait by the clock, or by looking again and again, where a test has to wait for an event.
enum TimedWaits {
    /// `sleep(` also as the end of a longer name.
    private static let signs = ["sleep(", "Task.yield(", "asyncAfter(", "eventually"]

    /// The lines of a file, numbered from 1, that wait so; comments are left out.
    static func lines(of file: SwiftFile) -> [Int] {
        file.lines.indices.filter { index in
            let code = file.lines[index].split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
            return signs.contains { code.contains($0) }
        }.map { $0 + 1 }
    }
}
