import StructuredData
import Testing

@Suite("The public JSON Schema test suite")
struct JSONSchemaSuiteTests {
    @Test("every test of the supported keywords passes")
    func supported() throws {
        var tests = 0
        var keywords: Set<String> = []
        for file in try JSONSchemaSuite.files() where JSONSchemaSuite.excludedFiles[file] == nil {
            let excluded = JSONSchemaSuite.excludedGroups[file] ?? [:]
            for group in try JSONSchemaSuite.groups(of: file) where excluded[group.name] == nil {
                let schema: JSONSchema
                do {
                    schema = try JSONSchema(group.schema)
                } catch {
                    Issue.record("\(file), \(group.name): \(error)")
                    continue
                }
                keywords.formUnion(group.schema.objectValue?.keys.map { $0 } ?? [])
                for test in group.tests {
                    let violations = schema.validate(test.value)
                    #expect(violations.isEmpty == test.isValid, "\(file), \(group.name), \(test.name): \(violations)")
                    tests += 1
                }
            }
        }
        // The suite is there and whole, and no supported keyword is left out.
        #expect(tests > 900, "\(tests) tests")
        let untested = JSONSchema.assertingKeywords.subtracting(keywords).subtracting(["definitions"])
        #expect(untested.isEmpty, "\(untested)")
    }

    @Test("what is left out is refused, and each of it is there")
    func excluded() throws {
        let files = try JSONSchemaSuite.files()
        #expect(Set(JSONSchemaSuite.excludedFiles.keys).subtracting(files).isEmpty)
        for (file, groups) in JSONSchemaSuite.excludedGroups {
            let known = try JSONSchemaSuite.groups(of: file)
            #expect(Set(groups.keys).subtracting(known.map(\.name)).isEmpty, "\(file)")
            for group in known where groups[group.name] != nil { refused(group) }
        }
        for file in JSONSchemaSuite.excludedFiles.keys {
            for group in try JSONSchemaSuite.groups(of: file) { refused(group) }
        }
    }

    private func refused(_ group: JSONSchemaSuite.Group) {
        #expect(throws: StructuredDataError.self, "\(group.file), \(group.name)") { try JSONSchema(group.schema) }
    }
}
