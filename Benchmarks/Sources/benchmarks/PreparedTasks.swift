import StructuredData

/// `SampleTasks` in the bytes in which an API server sends them, made beforehand.
struct PreparedTasks: Sendable {
    /// The version of the lists, and of the bookmark behind the initial events.
    let version: Int
    let count: Int
    /// The initial events of a watch list with their bookmark, in pieces of about the size of a TLS record.
    let initialEvents: [[UInt8]]
    private let objects: [[UInt8]]

    private static let pieceBytes = 16_000
    private static let bookmark = #""kind":"SwarmTask","apiVersion":"das.brashlabs.io/v1alpha1""#

    init(count: Int) {
        self.count = count
        version = count + 1
        objects = (0..<count).map { Array(SampleTasks.text($0, version: $0 + 1).utf8) }
        var pieces: [[UInt8]] = [[]]
        for object in objects {
            pieces[pieces.count - 1] += Array(#"{"type":"ADDED","object":"#.utf8) + object + Array("}\n".utf8)
            if pieces[pieces.count - 1].count > Self.pieceBytes { pieces.append([]) }
        }
        pieces.append(
            Array(
                #"{"type":"BOOKMARK","object":{\#(Self.bookmark),"metadata":{"resourceVersion":"\#(version)","annotations":{"k8s.io/initial-events-end":"true"}}}}"#
                    .utf8) + [10])
        initialEvents = pieces
    }

    /// The page that the query of `target` asks for. Continue tokens are the index of the next object.
    func page(_ target: String) -> [UInt8] {
        let start = Self.number("continue", in: target) ?? 0
        let end = min(start + (Self.number("limit", in: target) ?? count), count)
        var page = Array(
            #"{"kind":"SwarmTaskList","apiVersion":"das.brashlabs.io/v1alpha1","metadata":{"resourceVersion":"\#(version)""#
                .utf8)
        if end < count { page += Array(#","continue":"\#(end)""#.utf8) }
        page += Array(#"},"items":["#.utf8)
        page.reserveCapacity(page.count + objects[start..<end].reduce(0) { $0 + $1.count + 1 })
        for index in start..<end {
            if index > start { page.append(UInt8(ascii: ",")) }
            page += objects[index]
        }
        return page + Array("]}".utf8)
    }

    private static func number(_ name: String, in target: String) -> Int? {
        target.split(whereSeparator: { $0 == "?" || $0 == "&" }).first { $0.hasPrefix("\(name)=") }
            .flatMap { Int($0.dropFirst(name.count + 1)) }
    }
}
