import FoundationEssentials
import TestSupport
import Testing

@Suite("Imports")
struct ImportTests {
    private static let rules = Dictionary(uniqueKeysWithValues: ImportRules.modules.map { ($0.module, $0) })

    @Test("The table has every module of Sources, and no other")
    func completeness() throws {
        // C libraries are a module map, and import nothing.
        let folders = try Repository.folders(in: "Sources").filter { folder in
            !FileManager.default.fileExists(atPath: "\(Checkout.root)/Sources/\(folder)/module.modulemap")
        }
        #expect(Set(folders).symmetricDifference(Self.rules.keys).sorted() == [])
        #expect(SourceTree.sources.count > folders.count)
    }

    @Test("A module imports what its row allows", arguments: ImportRules.modules)
    func imports(rule: ModuleRule) {
        var allowed = rule.allowed.union(ImportRules.language).union(ImportRules.foundation)
        if rule.platform != nil { allowed.formUnion(ImportRules.platform) }
        for file in SourceTree.sources where file.module == rule.module {
            for imported in file.imports where !allowed.contains(imported) {
                Issue.record("\(file.path) imports \(imported), which ImportRules does not give to \(rule.module)")
            }
        }
    }

    @Test("The table keeps to its laws", arguments: ImportRules.laws)
    func laws(law: ImportLaw) {
        for rule in ImportRules.modules where law.isBroken(rule.module) {
            let found = rule.allowed.intersection(law.imported)
            #expect(found.isEmpty, "\(rule.module) may import \(found.sorted()): \(law.sentence)")
        }
    }

    @Test("Imports point downward: no module reaches itself")
    func acyclicity() {
        for rule in ImportRules.modules {
            var reached: Set<String> = []
            var open = [rule.module]
            while let module = open.popLast() {
                for next in Self.rules[module]?.allowed ?? [] where reached.insert(next).inserted { open.append(next) }
            }
            #expect(!reached.contains(rule.module), "\(rule.module) imports itself, through others")
        }
    }

    @Test("Nothing imports FoundationNetworking: HTTP goes through HTTPTransport")
    func noFoundationNetworking() {
        for file in SourceTree.all where file.imports.contains("FoundationNetworking") {
            Issue.record("\(file.path) imports FoundationNetworking")
        }
    }

    @Test("A pure module names nothing that reads or changes the world", arguments: ImportRules.pureModules)
    func purity(module: String) {
        for file in SourceTree.sources where file.module == module {
            let found = file.words.intersection(ImportRules.impureWords).sorted()
            if ImportRules.purityExceptions[file.path] == nil {
                #expect(found.isEmpty, "\(file.path) names \(found)")
            } else {
                #expect(!found.isEmpty, "\(file.path) needs no exception any more")
            }
        }
    }
}

extension ModuleRule: CustomTestStringConvertible {
    var testDescription: String { module }
}
