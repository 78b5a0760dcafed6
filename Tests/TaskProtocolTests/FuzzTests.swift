import Foundation
import StructuredData
import TestSupport
import Testing

@testable import TaskProtocol

/// What agents and users send, and what gateways answer: whatever comes, it is read or refused, and never ends the process.
///
/// `Corpus/` has a folder for each value. What once went wrong is put there. `DAS_FUZZ_ROUNDS` says how many inputs are made from
/// each file, `DAS_FUZZ_SEED` makes the same ones again.
@Suite("Readers of the HTTP API's values", .timeLimit(.minutes(2)))
struct FuzzTests {
    /// Reads an input; what could be read is written and read again, and must be the same.
    private typealias Reader = @Sendable (_ input: [UInt8]) throws -> Void

    private static func reader<Value: Codable & Equatable & Sendable>(_: Value.Type) -> Reader {
        { input in
            let json = try JSON.parse(input)
            let read = Result { try json.decode(Value.self) }
            // Messages that read and write themselves do it as `Codable` does.
            let byCodable = Result { try json.decode(ByCodable<Value>.self).value }
            #expect("\(read)" == "\(byCodable)")
            let value = try read.get()
            #expect(try byCodable.get() == value)
            let written = try JSON(encoding: value).serialized()
            #expect(try JSON(encoding: ByCodable(value: value)).serialized() == written)
            #expect(try JSON.parse(written).decode(Value.self) == value)
        }
    }

    /// No message, but what `Codable` makes of one.
    private struct ByCodable<Value: Codable>: Codable {
        var value: Value

        init(value: Value) { self.value = value }
        init(from decoder: any Decoder) throws { value = try Value(from: decoder) }
        func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
    }

    private static let readers: [(name: String, read: Reader)] = [
        ("submission", reader(SubmissionRequest.self)),
        ("register", reader(RegisterRequest.self)),
        ("lease", reader(LeaseRequest.self)),
        ("lease-answer", reader(LeaseAnswer.self)),
        ("heartbeat", reader(HeartbeatRequest.self)),
        ("complete", reader(CompleteRequest.self)),
        ("fail", reader(FailRequest.self)),
        ("release", reader(ReleaseRequest.self)),
        ("report-answer", reader(ReportAnswer.self)),
        ("task", reader(TaskView.self)),
        ("task-list", reader(TaskList.self)),
        ("problem", reader(Problem.self)),
    ]

    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = environment["DAS_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 300
    private static let seed = environment["DAS_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)

    @Test(arguments: readers.indices)
    func `whatever comes is read or refused`(index: Int) throws {
        let (name, read) = Self.readers[index]
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/\(name)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let corpus = try files.sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
        // At least one of them is right, so that the changed ones come to what lies behind the first check.
        #expect(corpus.contains { input in (try? read(input)) != nil }, "\(name)")
        print("\(name): DAS_FUZZ_SEED=\(Self.seed)")
        var mutator = InputMutator(seed: Self.seed)
        for input in corpus {
            for _ in 0..<Self.rounds {
                let mutated = mutator.mutate(input, corpus: corpus)
                do { try read(mutated) } catch is JSONParseError {} catch is StructuredDataError {}
            }
        }
    }
}
