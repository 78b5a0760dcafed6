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

    private static let readers: [(name: String, read: Reader)] = [
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
