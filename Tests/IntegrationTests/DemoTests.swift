import Foundation
import TestSupport
import Testing

@Suite("The demo", .timeLimit(.minutes(5)))
struct DemoTests {
    @Test func `It brings agents from none, analyses 20 stocks, ends everything, and does so again`() async throws {
        let directory = "/tmp/das-demo-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for _ in 1...2 {
            let (code, text) = try await ChildProgram.run(
                BuiltProgram.path("das"),
                ["demo", "--examples", "\(Checkout.root)/Examples", "--data-dir", directory])
            #expect(code == 0, "\(text)")
            let rows = text.split(separator: "\n").filter { $0.contains(" Succeeded ") }
            #expect(rows.count == 20, "\(text)")
            #expect(text.contains("agents 0 → "))
            #expect(text.contains("20 succeeded"))
            for row in rows {
                let file = try #require(row.split(separator: " ").last.map(String.init))
                #expect(FileManager.default.fileExists(atPath: file), "\(file)")
            }
            #expect(ProcessTable.holding(directory).isEmpty)
        }
    }

    @Test func `Without the examples it says what to do`() async throws {
        let (code, text) = try await ChildProgram.run(BuiltProgram.path("das"), ["demo", "--examples", "/nowhere"])
        #expect(code == 2)
        #expect(text.contains("--examples"))
        #expect(text.split(separator: "\n").count == 1)
    }
}
