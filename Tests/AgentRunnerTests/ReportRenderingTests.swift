import Foundation
import StructuredData
import TestSupport
import Testing

/// What `agent-runner run … --output report.html` writes, as a browser shows and prints it.
@Suite("Reports in a browser", .timeLimit(.minutes(5)))
struct ReportRenderingTests {
    /// What a screenshot shows.
    private struct Screenshot {
        var width: Int
        var height: Int
        /// How many pixels have a colour, and how many different hues, of twelve, have a hundred pixels at least.
        var coloured: Int
        var hues: Int
    }

    private static let inputs = [
        ("market-analysis", "market-analysis/sp500.json"), ("risk-assessment", "risk-assessment/book.json"),
        ("advisory", "advisory/portfolio.json"),
    ]

    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = "/tmp/das-report-\(UInt64.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(directory)
    }

    private func browse(_ arguments: [String], in directory: String) async throws -> String {
        let outcome = try await ChildProgram.run(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--user-data-dir=\(directory)/profile",
            ] + arguments, environment: ["HOME": directory])
        #expect(outcome.code == 0, "\(outcome.errors)")
        return outcome.output
    }

    private func screenshot(of page: String, in directory: String) async throws -> Screenshot {
        let picture = "\(directory)/picture.png"
        _ = try await browse(["--screenshot=\(picture)", "--window-size=900,1600", "file://\(page)"], in: directory)
        let outcome = try await ChildProgram.run("\(Checkout.root)/Scripts/look-at-png", [picture])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let seen = try JSON.parse(outcome.output)
        return Screenshot(
            width: try #require(seen["width"]?.intValue), height: try #require(seen["height"]?.intValue),
            coloured: try #require(seen["coloured"]?.intValue), hues: try #require(seen["hues"]?.intValue))
    }

    @Test(arguments: inputs)
    func `a report renders and prints`(type: String, example: String) async throws {
        try await withDirectory { directory in
            let input = "\(Checkout.root)/Examples/\(example)"
            for form in ["html", "svg"] {
                let page = "\(directory)/report.\(form)"
                let program = try await Program.run(["run", type, "--input", input, "--output", page])
                #expect(program.code == 0, "\(program.errors)")
                #expect(program.output == "")
                let shown = try await screenshot(of: page, in: directory)
                #expect(shown.width == 900 && shown.height == 1600)
                #expect(shown.coloured > 5000, "\(type) as \(form): \(shown)")
                #expect(shown.hues >= 2, "\(type) as \(form): \(shown)")
                // What is not well-formed is shown as a page that says so.
                let document = try await browse(["--dump-dom", "file://\(page)"], in: directory)
                #expect(!document.contains("parsererror"))
                #expect(document.contains("Not investment advice."))
            }
            let paper = "\(directory)/report.pdf"
            _ = try await browse(
                ["--print-to-pdf=\(paper)", "--no-pdf-header-footer", "file://\(directory)/report.html"], in: directory)
            let bytes = try Data(contentsOf: URL(filePath: paper))
            #expect(bytes.starts(with: Data("%PDF-".utf8)))
            #expect(bytes.count > 10_000)
        }
    }

    @Test func `what has no report says which task types have one`() async throws {
        let program = try await Program.run(
            ["run", "echo", "--input", "-", "--output", "/tmp/never-written.html"])
        #expect(program.code == 2)
        #expect(program.errors.contains("echo has no report"))
        #expect(program.errors.contains("market-analysis, risk-assessment, advisory"))
        #expect(!FileManager.default.fileExists(atPath: "/tmp/never-written.html"))
    }

    @Test func `a rejected input leaves no report and says what is wrong`() async throws {
        try await withDirectory { directory in
            let page = "\(directory)/report.html"
            let program = try await Program.run(
                ["run", "market-analysis", "--input", "-", "--output", page],
                input: #"{"inputs": [{"name": "SPX", "csv": "date,close\n2022-01-03,10\n2022-01-04,-1\n"}]}"#)
            #expect(program.code == 1)
            #expect(program.errors.contains("NON_POSITIVE_PRICE"))
            #expect(!FileManager.default.fileExists(atPath: page))
        }
    }
}
