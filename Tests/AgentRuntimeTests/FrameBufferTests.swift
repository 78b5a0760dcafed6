import StructuredData
import TaskProtocol
import Testing

@testable import AgentRuntime

@Suite("Frames between an agent and its workers")
struct FrameBufferTests {
    @Test(arguments: [1, 2, 3, 5, 7, 64, 100_000])
    func `frames come out as they went in, in whatever chunks they arrive`(chunk: Int) throws {
        let contents: [[UInt8]] = [
            [], [1], Array(repeating: 7, count: 300), [2, 3], Array(repeating: 9, count: 70_000),
        ]
        let bytes = contents.flatMap(FrameBuffer.frame)
        var buffer = FrameBuffer()
        var received: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            buffer.append(bytes[position..<min(position + chunk, bytes.count)])
            position += chunk
            while let frame = try buffer.next() { received.append(frame) }
        }
        #expect(received == contents)
    }

    @Test func `a length beyond the bound is refused before its bytes arrive`() {
        var buffer = FrameBuffer()
        buffer.append([0xff, 0, 0, 0])
        #expect(throws: FrameBuffer.TooLong(bytes: 0xff00_0000)) { try buffer.next() }
    }

    @Test(arguments: [
        WorkerCommandMessage.cancel,
        .run(
            .init(task: "t", type: "echo", attempt: 2, input: ["a": [1, nil]], timeoutMs: 5, checkpoint: ["at": 1])),
        .run(.init(task: "t", type: "echo", attempt: 1, input: nil)),
    ])
    func `commands survive the way`(message: WorkerCommandMessage) throws {
        #expect(WorkerCommandMessage(try JSON.parse(message.json.serialized())) == message)
    }

    @Test(arguments: [
        WorkerEventMessage.ready, .progress(done: 1, total: 2, message: "x"),
        .progress(done: 1, total: nil, message: nil),
        .checkpoint(["at": 1]), .result(nil), .failure(.permanent("CODE", "text")),
    ])
    func `what a worker says survives the way`(message: WorkerEventMessage) throws {
        #expect(WorkerEventMessage(try JSON.parse(message.json.serialized())) == message)
    }

    @Test(arguments: [#"{}"#, #"{"kind": "dance"}"#, #"{"kind": "run", "task": "t"}"#, "7"])
    func `what is no message is not taken for one`(text: String) throws {
        #expect(WorkerCommandMessage(try JSON.parse(text)) == nil)
        #expect(WorkerEventMessage(try JSON.parse(text)) == nil)
    }
}
