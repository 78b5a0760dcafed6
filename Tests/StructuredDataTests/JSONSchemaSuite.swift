import Foundation
import StructuredData
import TestSupport

/// The public JSON Schema test suite, draft 2020-12, as `Scripts/install-test-tools` puts it into the checkout.
enum JSONSchemaSuite {
    static let folder = "\(Checkout.root)/.cache/tools/json-schema-test-suite/draft2020-12"

    /// A schema of the suite with its tests.
    struct Group {
        var file: String
        var name: String
        var schema: JSON
        var tests: [(name: String, value: JSON, isValid: Bool)]
    }

    struct Missing: Error, CustomStringConvertible {
        let description = "\(folder) is missing; run: Scripts/install-test-tools"
    }

    /// Files that are about keywords which are not supported.
    static let excludedFiles = [
        "anchor.json": "$anchor: places are referred to by pointer",
        "dynamicRef.json": "$dynamicRef and $dynamicAnchor: there is one schema, and nothing to extend it",
        "refRemote.json": "$ref to other documents: a schema stands alone, and checking it calls nobody",
        "unevaluatedItems.json": "unevaluatedItems: needs what subschemas have looked at",
        "unevaluatedProperties.json": "unevaluatedProperties: needs what subschemas have looked at",
        "vocabulary.json": "$vocabulary: needs other documents",
        "optional/anchor.json": "$anchor", "optional/cross-draft.json": "$ref to documents of other drafts",
        "optional/dependencies-compatibility.json": "dependencies: of an older draft",
        "optional/dynamicRef.json": "$dynamicRef", "optional/format-assertion.json": "$vocabulary",
        "optional/id.json": "$id inside a schema",
        "optional/unknownKeyword.json": "keywords that no draft knows are refused",
    ]

    private static let innerIdentifier = "$id inside a schema, which changes what references mean"
    private static let otherDocument = "$ref to another document"
    private static let unevaluated = "unevaluatedProperties"
    private static let ownKeyword = "keywords that no draft knows"
    private static let byName = "$ref by the schema's own name instead of a pointer"

    /// Groups of the other files whose schemas use what is not supported: file, then group.
    static let excludedGroups = [
        "defs.json": ["validate definition against metaschema": otherDocument],
        "not.json": ["collect annotations inside a 'not', even if collection is disabled": unevaluated],
        "ref.json": [
            "remote ref, containing refs itself": otherDocument,
            "Recursive references between schemas": innerIdentifier,
            "ref creates new scope when adjacent to keywords": unevaluated,
            "refs with relative uris and defs": innerIdentifier,
            "relative refs with absolute uris and defs": innerIdentifier,
            "$id must be resolved against nearest parent, not just immediate parent": innerIdentifier,
            "order of evaluation: $id and $ref": innerIdentifier,
            "order of evaluation: $id and $anchor and $ref": innerIdentifier,
            "simple URN base URI with $ref via the URN": byName,
            "URN base URI with URN and JSON pointer ref": byName,
            "URN base URI with URN and anchor ref": byName,
            "URN ref with nested pointer ref": innerIdentifier,
            "ref to if": innerIdentifier, "ref to then": innerIdentifier, "ref to else": innerIdentifier,
            "ref with absolute-path-reference": innerIdentifier,
        ],
        "optional/refOfUnknownKeyword.json": [
            "reference of a root arbitrary keyword ": ownKeyword,
            "reference of an arbitrary keyword of a sub-schema": ownKeyword,
        ],
    ]

    /// The suite's files below the folder, those of `optional` too, but for `optional/format`, as formats assert nothing.
    static func files() throws -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder),
            let optional = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/optional")
        else { throw Missing() }
        return (names + optional.map { "optional/\($0)" }).filter { $0.hasSuffix(".json") }.sorted()
    }

    static func groups(of file: String) throws -> [Group] {
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(file)") else { throw Missing() }
        return try JSON.parse(Array(bytes)).arrayValue.unwrapped().map { group in
            Group(
                file: file, name: try group["description"]?.stringValue.unwrapped() ?? "",
                schema: try group["schema"].unwrapped(),
                tests: try group["tests"]?.arrayValue.unwrapped().map { test in
                    (
                        try (test["description"]?.stringValue).unwrapped(), try test["data"].unwrapped(),
                        test["valid"] == true
                    )
                } ?? [])
        }
    }
}

extension Optional {
    fileprivate struct Absent: Error {}

    fileprivate func unwrapped() throws -> Wrapped {
        guard let self else { throw Absent() }
        return self
    }
}
