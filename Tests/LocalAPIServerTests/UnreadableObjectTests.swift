import StructuredData
import TestSupport
import Testing

@testable import LocalAPIServer

@Suite("Stored objects that cannot be read")
struct UnreadableObjectTests {
    private static func stored(_ body: String, version: Int64 = 7) -> StoredObject {
        StoredObject(
            location: ObjectLocation(resource: "/resourcequotas", namespace: "default", name: "q"), uid: "u",
            resourceVersion: version, labels: [:], fields: [:], body: Array(body.utf8))
    }

    @Test func `each is told of once, with what to do`() {
        let recorder = LogRecorder()
        let objects = UnreadableObjects(logger: recorder.logger())
        #expect(objects.read(Self.stored("{\"spec\":{}}")) == ["spec": [:]])
        #expect(recorder.lines.isEmpty)
        for _ in 0..<3 { #expect(objects.read(Self.stored("{\"spec\":")) == nil) }
        #expect(recorder.lines.count == 1)
        #expect(recorder.lines.first?.contains("restore a backup") == true)
        _ = objects.read(Self.stored("{", version: 8))
        #expect(recorder.lines.count == 2)
    }
}
