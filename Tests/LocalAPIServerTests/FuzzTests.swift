import CommonExpression
import Foundation
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@testable import LocalAPIServer

/// Everything that reads what clients send: whatever comes, it is read or refused, and never ends the process.
///
/// `Corpus/` has a folder for each reader. What once went wrong is put there. `DAS_FUZZ_ROUNDS` says how many inputs are made from
/// each file, `DAS_FUZZ_SEED` makes the same ones again.
@Suite("Readers of what clients send", .timeLimit(.minutes(2)))
struct FuzzTests {
    /// Reads an input, and checks what must hold where it could be read.
    typealias Reader = @Sendable (_ input: [UInt8]) throws -> Void

    private static let readers = requestReaders + schemaReaders

    private static let requestReaders: [(name: String, read: Reader)] = [
        (
            "json",
            { input in
                let value = try JSON.parse(input, duplicateKeys: .refused)
                #expect(try JSON.parse(value.serialized()) == value)
                _ = FieldOrder.fields(in: input)
            }
        ),
        (
            "yaml",
            { input in
                let body = try RequestBody.yaml(input)
                _ = try JSON.parse(body.tree.serialized())
            }
        ),
        ("protobuf", { input in _ = try JSON.parse(ProtobufDecoder.object(from: input).serialized()) }),
        (
            "json-patch",
            { input in
                let patch = try JSONPatch(JSON.parse(input))
                _ = try patch.applied(to: object)
            }
        ),
        (
            "strategic-merge",
            { input in
                _ = try StrategicMergePatch.apply(JSON.parse(input), to: object, resource: deployments)
            }
        ),
        (
            "label-selector",
            { input in
                let selector = try LabelSelectorExpression.parse(String(decoding: input, as: UTF8.self))
                _ = selector.matches(["a": "b"])
                #expect(try LabelSelectorExpression.parse(selector.description).description == selector.description)
            }
        ),
        ("field-selector", { input in _ = try FieldSelector.parse(String(decoding: input, as: UTF8.self)) }),
        ("json-path", { input in _ = JSONPath(String(decoding: input, as: UTF8.self)).values(in: object) }),
        (
            "schedule",
            { input in
                let schedule = try CronSchedule(String(decoding: input, as: UTF8.self))
                _ = schedule.isDue(.init(minute: 0, hour: 0, day: 1, month: 1, weekday: 0))
            }
        ),
    ]

    /// Everything that is done to a schema, and with one that is let in.
    private static let schemaReaders: [(name: String, read: Reader)] = [
        ("cel", { input in check(rule: String(decoding: input, as: UTF8.self)) }),
        (
            "schema",
            { input in
                let schema = try JSON.parse(input)
                let refusals =
                    StructuralRules.validate(schema, path: "s") + SchemaFeatureRules.validate(schema, path: "s")
                    + SchemaDefaultRules.validate(schema, path: "s")
                #expect(refusals.allSatisfy { $0.field?.hasPrefix("s") == true })
                let read = try Schema(openAPI: schema, path: "s")
                for form in [SchemaForm.merging, .v2, .v3] { _ = read.written(form, isBuiltIn: false).serialized() }
                _ = MergeSchema(openAPIV3Schema: schema)
                var value = object
                var unknown: [String] = []
                read.prune(&value, path: "", unknown: &unknown)
                read.applyDefaults(to: &value)
                _ = read.validate(value, path: "")
                _ = RuleAdmission(schema, path: "s").problems
                if let rules = RuleSet.make(schema) {
                    _ = RuleValidator.validate(value, replacing: object, by: rules)
                }
            }
        ),
    ]

    /// A rule is refused with a reason, or costs no more than it may, whatever it meets.
    private static func check(rule: String) {
        let schema: JSON = [
            "type": "object", "x-kubernetes-validations": [["rule": .string(rule)]],
            "properties": [
                "name": ["type": "string", "maxLength": 10], "port": ["x-kubernetes-int-or-string": true],
                "tags": ["type": "array", "maxItems": 5, "items": ["type": "string", "maxLength": 5]],
                "limits": ["type": "object", "maxProperties": 3, "additionalProperties": ["type": "integer"]],
            ],
        ]
        let admission = RuleAdmission(schema, path: "s")
        // What all rules cost together is told of the schema.
        let isOverBudget = admission.totalCost > RuleAdmission.schemaCostLimit
        #expect(
            admission.problems.allSatisfy {
                $0.path.hasPrefix("s.x-kubernetes-validations[0]") || (isOverBudget && $0.path == "s")
            })
        guard let rules = RuleSet.make(schema) else { return }
        let value: JSON = ["name": "a", "port": 80, "tags": ["a", "b"], "limits": ["x": 1]]
        for old in [nil, value, ["name": "b"]] { _ = RuleValidator.validate(value, replacing: old, by: rules) }
    }

    private static let deployments = ResourceType(
        group: "apps", version: "v1", kind: "Deployment", plural: "deployments", namespaced: true)

    private static let object: JSON = [
        "metadata": ["name": "web", "labels": ["a": "b"], "finalizers": ["f", "g"]],
        "spec": [
            "replicas": 2, "list": [["type": "Ready", "status": "True"], ["a.b": ["c": [1]]]],
            "template": ["spec": ["containers": [["name": "a", "image": "x:1"], ["name": "b", "image": "y:1"]]]],
        ],
    ]

    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = environment["DAS_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 400
    private static let seed = environment["DAS_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)

    private static func corpus(_ name: String) throws -> [[UInt8]] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/\(name)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
    }

    @Test(arguments: readers.indices)
    func `whatever comes is read or refused`(index: Int) throws {
        let (name, read) = Self.readers[index]
        let corpus = try Self.corpus(name)
        try #require(!corpus.isEmpty)
        for input in corpus { _ = Result { try read(input) } }
        print("\(name): DAS_FUZZ_SEED=\(Self.seed)")
        var mutator = InputMutator(seed: Self.seed)
        for input in corpus {
            for _ in 0..<Self.rounds {
                let mutated = mutator.mutate(input, corpus: corpus)
                _ = Result { try read(mutated) }
            }
        }
    }
}
