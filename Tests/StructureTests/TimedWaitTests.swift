import Testing

@Suite("Waiting in tests")
struct TimedWaitTests {
    @Test("No test sleeps, or looks again and again, where it could wait for an event")
    func events() {
        // The words that are looked for stand in this folder.
        let files = SourceTree.tests.filter { $0.module != "StructureTests" }
        #expect(files.count > 100)
        var excepted = Exceptions.timedWaits
        for file in files {
            let lines = TimedWaits.lines(of: file)
            let allowed = excepted.removeValue(forKey: file.path)?.lines ?? 0
            guard lines.count != allowed else { continue }
            Issue.record(
                "\(file.path) waits by the clock in lines \(lines), \(allowed) are excepted: wait for an event instead")
        }
        #expect(excepted.keys.sorted() == [], "these files are gone")
    }

    @Test(
        "A wait is found however it is written",
        arguments: [
            "try await Task.sleep(for: .seconds(1))", "usleep(1000)", "Thread.sleep(forTimeInterval: 1)", "sleep(1)",
            "while !isDone { await Task.yield() }", "await clock.sleep(until: end)", "await eventually { isDone }",
            "queue.asyncAfter(deadline: .now() + 1) {}",
        ])
    func found(line: String) {
        #expect(TimedWaits.lines(of: SwiftFile(path: "Tests/A/A.swift", text: "start()\n\(line)")) == [2])
    }

    @Test(
        "What waits for an event is none",
        arguments: [
            "await clock.sleeper(until: end)", "// usleep(1) would do", "let script = \"exec sleep 1000\"",
            "try await child.exitCode()",
        ])
    func notFound(line: String) {
        #expect(TimedWaits.lines(of: SwiftFile(path: "Tests/A/A.swift", text: line)) == [])
    }
}
