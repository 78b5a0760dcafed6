import Foundation
import StructuredData
import SwarmAPI
import TestSupport
import Testing

@Suite("Bad input", .timeLimit(.minutes(5)))
struct BadInputTests {
    private static let days = (0..<300).map { day in
        "20\(10 + day / 250)-\(two(1 + day % 250 / 25))-\(two(1 + day % 25))"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func csv(_ change: (inout [String]) -> Void = { _ in }) -> String {
        var rows = days.enumerated().map { "\($0.element),\(100 + $0.offset % 7)" }
        change(&rows)
        return (["date,close"] + rows).joined(separator: "\n")
    }

    private static func input(_ csv: String, params: JSON = ["functions": [["function": "SMA"]]]) -> JSON {
        ["inputs": [["name": "X", "csv": .string(csv)]], "params": params]
    }

    private static let cases: [(name: String, input: JSON, mentions: [String])] = [
        ("nan", input(csv { $0[16] = "\(days[16]),nan" }), ["X", "17"]),
        ("negative", input(csv { $0[16] = "\(days[16]),-1" }), ["X", "17", "close"]),
        ("unsorted", input(csv { $0.swapAt(20, 21) }), ["X", "22"]),
        ("duplicate", input(csv { $0[21] = $0[20] }), ["X", "22"]),
        ("too-few", input(csv { $0.removeSubrange(3...) }), ["SMA"]),
        ("unknown-field", ["inputs": [["name": "X", "csv": .string(csv())]], "oops": 1], ["oops"]),
        (
            "unknown-function", input(csv(), params: ["functions": [["function": "VWAPX"]]]),
            ["/params/functions/0/function"]
        ),
    ]

    @Test func `Each fault ends its own task with a message that names it, and the others go on`() async throws {
        try await TestCluster.run { cluster in
            let swarm = try YAML.parse(
                String(contentsOfFile: "\(Checkout.root)/Examples/argus/swarm.yaml", encoding: .utf8))[0]
            try await cluster.apply(swarm)
            for (name, input, _) in Self.cases {
                try await cluster.apply(Declared.task(name, type: "market-analysis", swarm: "argus", input: input))
            }
            try await cluster.apply(
                Declared.task("unknown-type", type: "poetry", swarm: "argus"),
                Declared.task("unfit-type", type: "poetry"),
                Declared.task("good", type: "market-analysis", swarm: "argus", input: Self.input(Self.csv())))

            for (name, _, mentions) in Self.cases {
                let task = try await cluster.finished(name)
                #expect(task.status?.phase == .failed, "\(name)")
                let message = task.status?.message ?? ""
                for mention in mentions { #expect(message.contains(mention), "\(name): \(message)") }
            }
            let unknown = try await cluster.finished("unknown-type")
            #expect(unknown.status?.phase == .failed)
            #expect(unknown.status?.message?.contains("poetry") == true)
            let unfit = try await cluster.task("unfit-type") { $0.status?.message != nil }
            #expect(unfit.status?.phase == .pending)
            #expect(unfit.status?.message?.contains("poetry") == true)
            #expect(try await cluster.finished("good").status?.phase == .succeeded)
        }
    }
}
