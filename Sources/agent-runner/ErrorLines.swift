import StructuredData

/// What a command says on standard error, line by line: most is for people; a JSON object with the one member `progress` or
/// `checkpoint` is for the agent.
struct ErrorLines {
    enum Line: Equatable {
        case text(String)
        case progress(done: Int, total: Int?, message: String?)
        case checkpoint(JSON)
    }

    /// A longer line of text is cut into lines of this length.
    private static let longestTextBytes = 16 << 10
    /// A longer line is no instruction either; a checkpoint has at most 256 KiB.
    private static let longestBytes = 300 << 10
    private static let tailBytes = 2 << 10

    private var rest: [UInt8] = []
    /// The last of the text, for the message of a failure.
    private(set) var tail = ""

    /// The lines that `bytes` complete.
    mutating func append(_ bytes: some Collection<UInt8>) -> [Line] {
        rest += bytes
        var lines: [Line] = []
        var start = 0
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            lines += read(rest[start..<end])
            start = end + 1
        }
        rest.removeFirst(start)
        let most = rest.first == UInt8(ascii: "{") ? Self.longestBytes : Self.longestTextBytes
        if rest.count > most { lines += end() }
        return lines
    }

    /// What is left where the last line has no end.
    mutating func end() -> [Line] {
        defer { rest = [] }
        return rest.isEmpty ? [] : read(rest[...])
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) -> [Line] {
        if bytes.first == UInt8(ascii: "{"), let line = Self.instruction(bytes) { return [line] }
        var lines: [Line] = []
        var rest = bytes
        repeat {
            let text = String(decoding: rest.prefix(Self.longestTextBytes), as: UTF8.self)
            rest = rest.dropFirst(Self.longestTextBytes)
            tail = String(decoding: (tail + text + "\n").utf8.suffix(Self.tailBytes), as: UTF8.self)
            lines.append(.text(text))
        } while !rest.isEmpty
        return lines
    }

    private static func instruction(_ bytes: ArraySlice<UInt8>) -> Line? {
        (try? JSON.parse(Array(bytes))).flatMap(instruction)
    }

    /// The instruction that a JSON value is; `nil`: it is none.
    static func instruction(_ json: JSON) -> Line? {
        guard let members = json.objectValue, members.count == 1 else { return nil }
        if let checkpoint = members["checkpoint"] { return .checkpoint(checkpoint) }
        guard let progress = members["progress"], let done = progress["done"]?.intValue else { return nil }
        return .progress(
            done: done, total: progress["total"]?.intValue, message: progress["message"]?.stringValue)
    }
}
