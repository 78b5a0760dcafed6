import Testing

@Suite("Documentation")
struct DocumentationTests {
    static let example = "Examples/greeter-controller"
    static let resources = "Sources/ControllerRuntime/Documentation.docc/Resources"

    private static func steps() throws -> [String] {
        try Repository.files(below: resources).filter { $0.hasSuffix(".swift") }
    }

    @Test func `The tutorial's last steps are the example's program, and earlier ones leave lines out of it`() throws {
        let programs = try Repository.files(below: Self.example).filter { $0.hasSuffix(".swift") }
        var steps = try Self.steps()
        #expect(programs.count == 3)
        for program in programs {
            let name = try #require(program.split(separator: "/").last?.dropLast(".swift".count))
            let own = steps.filter { $0.hasPrefix("\(Self.resources)/\(name)-") }.sorted()
            steps.removeAll(where: own.contains)
            let text = try Repository.text(of: program)
            #expect(try Repository.text(of: #require(own.last)) == text, "copy \(program) to \(own.last ?? "")")
            for step in own {
                var rest = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
                for line in try Repository.text(of: step).split(separator: "\n", omittingEmptySubsequences: false) {
                    let place = rest.firstIndex(of: line)
                    #expect(place != nil, "\(step) has a line that \(program) has not, or not there: \(line)")
                    if let place { rest = rest[(place + 1)...] }
                }
            }
        }
        #expect(steps == [], "no program ends in these")
    }

    @Test func `The example is complete in under 120 lines`() throws {
        let lines = SourceTree.examples.filter { $0.module == "greeter-controller" }.map(\.lines.count).reduce(0, +)
        #expect(lines > 50 && lines < 120)
    }

    @Test func `The tutorial shows every step`() throws {
        let tutorial = try Repository.text(
            of: "Sources/ControllerRuntime/Documentation.docc/BuildAController.tutorial")
        for step in try Self.steps() {
            let file = try #require(step.split(separator: "/").last)
            #expect(tutorial.contains("file: \"\(file)\""), "\(file)")
        }
    }
}
