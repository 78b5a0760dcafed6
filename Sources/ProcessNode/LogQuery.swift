internal import KubernetesModel

/// What a reader of a container's log asks for: the query of the API's `log` subresource. Pure.
struct LogQuery: Sendable, Hashable {
    var follow = false
    var previous = false
    var timestamps = false
    var tailLines: Int?
    /// Lines of this time or later, in microseconds since 1970.
    var since: Int64?
    var limitBytes: Int?
    var stream: ContainerLog.Stream?

    init() {}

    /// - Throws: a message that names the parameter.
    init(_ parameters: [String: String], now: Int64) throws {
        func flag(_ name: String) throws -> Bool {
            guard let text = parameters[name] else { return false }
            switch text {
            case "true", "1", "": return true
            case "false", "0": return false
            default: throw ProcessNodeError(.file, "\(name) must be true or false, not \"\(text)\"")
            }
        }
        func number(_ name: String, from least: Int) throws -> Int? {
            guard let text = parameters[name] else { return nil }
            guard let value = Int(text), value >= least else {
                throw ProcessNodeError(.file, "\(name) must be a number of at least \(least), not \"\(text)\"")
            }
            return value
        }
        follow = try flag("follow")
        previous = try flag("previous")
        timestamps = try flag("timestamps")
        tailLines = try number("tailLines", from: 0)
        limitBytes = try number("limitBytes", from: 1)
        if let seconds = try number("sinceSeconds", from: 1) { since = now - Int64(seconds) * 1_000_000 }
        if let text = parameters["sinceTime"] {
            guard let time = Timestamp.microseconds(text) else {
                throw ProcessNodeError(.file, "sinceTime must be an RFC 3339 time, not \"\(text)\"")
            }
            since = time
        }
        switch parameters["stream"] {
        case "Stdout": stream = .stdout
        case "Stderr": stream = .stderr
        case nil, "All": break
        case .some(let text): throw ProcessNodeError(.file, "stream must be All, Stdout or Stderr, not \"\(text)\"")
        }
    }
}

/// Turns stored lines into what a reader asked for. Pure; keeps a partial line between calls.
struct LogFilter: Sendable {
    private let query: LogQuery
    private var remainder: [UInt8] = []
    private var sent = 0

    init(_ query: LogQuery) { self.query = query }

    /// Whether `limitBytes` is used up.
    var isFull: Bool { query.limitBytes.map { sent >= $0 } ?? false }

    /// The output for the stored bytes `chunk`. With `tail`, only of its last `tailLines` lines.
    mutating func output(_ chunk: [UInt8], tail: Bool = false) -> [UInt8] {
        var entries: [(text: ArraySlice<UInt8>, time: ArraySlice<UInt8>, isWhole: Bool)] = []
        let bytes = remainder + chunk
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if let entry = parse(bytes[start..<end]) { entries.append(entry) }
            start = end + 1
        }
        remainder = Array(bytes[start...])
        if tail, let count = query.tailLines { entries = Array(Self.last(count, of: entries)) }
        var output: [UInt8] = []
        var isLineStart = true
        for entry in entries {
            if query.timestamps && isLineStart {
                output.append(contentsOf: entry.time)
                output.append(UInt8(ascii: " "))
            }
            output.append(contentsOf: entry.text)
            if entry.isWhole { output.append(UInt8(ascii: "\n")) }
            isLineStart = entry.isWhole
        }
        if let limit = query.limitBytes, sent + output.count > limit { output.removeLast(sent + output.count - limit) }
        sent += output.count
        return output
    }

    /// The last `count` lines; the parts of one line stay together.
    private static func last(
        _ count: Int, of entries: [(text: ArraySlice<UInt8>, time: ArraySlice<UInt8>, isWhole: Bool)]
    ) -> ArraySlice<(text: ArraySlice<UInt8>, time: ArraySlice<UInt8>, isWhole: Bool)> {
        var index = entries.endIndex
        var lines = 0
        while index > entries.startIndex {
            let beginsLine = index - 1 == entries.startIndex || entries[index - 2].isWhole
            if beginsLine {
                guard lines < count else { break }
                lines += 1
            } else if lines >= count {
                break
            }
            index -= 1
        }
        return entries[index...]
    }

    private func parse(
        _ line: ArraySlice<UInt8>
    ) -> (text: ArraySlice<UInt8>, time: ArraySlice<UInt8>, isWhole: Bool)? {
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4 else { return nil }
        if let stream = query.stream, fields[1] != ArraySlice(stream.name.utf8) { return nil }
        if let since = query.since {
            guard let time = Timestamp.microseconds(String(decoding: fields[0], as: UTF8.self)), time >= since else {
                return nil
            }
        }
        return (fields[3], fields[0], fields[2] == ArraySlice("F".utf8))
    }
}
