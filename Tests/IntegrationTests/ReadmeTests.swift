import Foundation
import TestSupport
import Testing

/// Every command of the README runs: the first two are CI itself, the others are run here as they stand.
@Suite("README", .timeLimit(.minutes(5)))
struct ReadmeTests {
    private func blocks() throws -> [String] {
        let text = try String(contentsOfFile: "\(Checkout.root)/README.md", encoding: .utf8)
        return text.components(separatedBy: "```sh\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    }

    @Test func `The two commands come first, and CI runs them`() throws {
        let first = try #require(blocks().first)
        let lines = first.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("make demo") && lines[1].hasPrefix("make test"))
        let ci = try String(contentsOfFile: "\(Checkout.root)/.ci/run", encoding: .utf8)
        #expect(ci.contains("make demo") && ci.contains("make test"))
    }

    @Test func `The other commands run as they stand`() async throws {
        let blocks = try blocks()
        let directory = "/tmp/das-readme-\(UInt64.random(in: .min ... .max))"
        // What the commands write beside the sources is not to stay there.
        let checkout = "\(directory)-checkout"
        defer { try? FileManager.default.removeItem(atPath: checkout) }
        try FileManager.default.createDirectory(atPath: checkout, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: Checkout.root) {
            try FileManager.default.createSymbolicLink(
                atPath: "\(checkout)/\(name)", withDestinationPath: "\(Checkout.root)/\(name)")
        }
        let programs = URL(fileURLWithPath: try BuiltProgram.path("das")).deletingLastPathComponent().path
        // The tests' own build and a folder of the test's own take the place of the reader's.
        var script = blocks.dropFirst().joined(separator: "\n")
        script = script.replacingOccurrences(of: "/tmp/das", with: directory)
            .replacingOccurrences(of: ".build/debug", with: programs)
            .replacingOccurrences(of: "make build\n", with: "")
        // The cluster goes on until the last command that needs it.
        let stop = "kill %1       # or Ctrl-C, where it is in the foreground\n"
        #expect(script.contains(stop))
        script = "set -eux -o pipefail\n" + script.replacingOccurrences(of: stop, with: "") + "\nkill %1\nwait\n"
        let outcome = try await ChildProgram.run(
            "/bin/bash", ["-c", "cd '\(checkout)'; \(script)"],
            environment: [
                "PATH": "\(Checkout.root)/.cache/tools:\(ProcessInfo.processInfo.environment["PATH"] ?? "")",
                "HOME": directory,
            ])
        try? FileManager.default.removeItem(atPath: directory)
        #expect(outcome.code == 0, "\(outcome.text)")
        for report in ["market.html", "risk.html", "advice.html"] {
            #expect(FileManager.default.fileExists(atPath: "\(checkout)/\(report)"), "\(report)")
        }
        #expect(outcome.text.contains(#"{"hello":"world"}"#), "\(outcome.text)")
        #expect(ProcessTable.holding(directory).isEmpty)
    }
}
