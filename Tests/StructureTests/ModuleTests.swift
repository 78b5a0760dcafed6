import Testing

@Suite("Modules")
struct ModuleTests {
    /// `agent-runner`: AgentRunnerTests.
    private func testFolder(of module: String) -> String {
        module.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "Tests"
    }

    @Test("Every module has a folder of tests, or a reason to have none")
    func tests() throws {
        let modules = try Repository.folders(in: "Sources")
        let untested = try modules.filter { module in
            let folder = "Tests/\(testFolder(of: module))"
            guard Repository.exists(folder) else { return true }
            return try Repository.files(below: folder).allSatisfy { !$0.hasSuffix(".swift") }
        }
        #expect(Set(untested).symmetricDifference(Exceptions.untestedModules.keys).sorted() == [])
    }

    @Test("Every folder of tests belongs to a module, or says what it is about")
    func testFolders() throws {
        let own = Set(try Repository.folders(in: "Sources").map(testFolder(of:)))
        let others = try Repository.folders(in: "Tests").filter { !own.contains($0) }
        #expect(Set(others).symmetricDifference(Exceptions.otherTests.keys).sorted() == [])
    }

    @Test("The package's targets are the folders of Sources and Tests, and the examples in Swift")
    func targets() throws {
        let manifest = try PackageManifest(try Repository.text(of: "Package.swift"))
        let examples = Set(SourceTree.examples.map(\.module))
        let folders = try Repository.folders(in: "Sources") + Repository.folders(in: "Tests") + examples
        #expect(Set(manifest.targets.map(\.name)).symmetricDifference(folders).sorted() == [])
        #expect(manifest.targets.count == Set(manifest.targets.map(\.name)).count)
    }

    @Test("A target depends on what it imports, and on nothing more")
    func dependencies() throws {
        let manifest = try PackageManifest(try Repository.text(of: "Package.swift"))
        let programs = Set(manifest.targets.filter { ["program", "example"].contains($0.kind) }.map(\.name))
        for target in manifest.targets where target.kind != "systemLibrary" {
            let files = (SourceTree.sources + SourceTree.tests + SourceTree.examples).filter {
                $0.module == target.name
            }
            let imported = Set(files.flatMap(\.imports))
            // A test depends on a program in order to have it built, and runs it.
            let unused = target.dependencies.subtracting(imported)
                .subtracting(target.kind == "tests" ? programs : [])
            #expect(unused.sorted() == [], "\(target.name) imports none of these; Package.swift need not name them")
            let undeclared = imported.intersection(manifest.importable).subtracting(target.dependencies)
            #expect(undeclared.sorted() == [], "\(target.name) imports these; Package.swift must name them")
        }
    }

    @Test("The benchmarks' targets over our sources are the same as ours")
    func benchmarks() throws {
        let ours = try PackageManifest(try Repository.text(of: "Package.swift"))
        let theirs = try PackageManifest(try Repository.text(of: "Benchmarks/Package.swift"))
        let shared = theirs.targets.filter { $0.kind == "module" }
        #expect(shared.count > 5)
        for target in shared {
            let own = try #require(ours.targets.first { $0.name == target.name }, "there is no module \(target.name)")
            #expect(target.dependencies.symmetricDifference(own.dependencies).sorted() == [], "\(target.name)")
        }
    }
}
