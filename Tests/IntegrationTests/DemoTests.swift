import Foundation
import TestSupport
import Testing

@Suite("The demo", .timeLimit(.minutes(5)))
struct DemoTests {
    @Test func `It brings agents from none, analyses 20 stocks, ends everything, and does so again`() async throws {
        let directory = "/tmp/das-demo-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for _ in 1...2 {
            let outcome = try await ChildProgram.run(
                BuiltProgram.path("das"),
                ["demo", "--examples", "\(Checkout.root)/Examples", "--data-dir", directory])
            #expect(outcome.code == 0, "\(outcome.text)")
            let rows = outcome.text.split(separator: "\n").filter { $0.contains(" Succeeded ") }
            #expect(rows.count == 20, "\(outcome.text)")
            #expect(outcome.text.contains("agents 0 → "))
            #expect(outcome.text.contains("20 succeeded"))
            for row in rows {
                let file = try #require(row.split(separator: " ").last.map(String.init))
                #expect(FileManager.default.fileExists(atPath: file), "\(file)")
            }
            #expect(ProcessTable.holding(directory).isEmpty)
        }
    }

    @Test func `Without the examples it says what to do`() async throws {
        let outcome = try await ChildProgram.run(BuiltProgram.path("das"), ["demo", "--examples", "/nowhere"])
        #expect(outcome.code == 2)
        #expect(outcome.text.contains("--examples"))
        #expect(outcome.text.split(separator: "\n").count == 1)
    }
}
