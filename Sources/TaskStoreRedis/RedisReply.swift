import TaskQueue

/// What Redis answers to one command.
enum RedisReply: Sendable, Hashable {
    case none
    case status(String)
    case error(String)
    case integer(Int64)
    case bytes([UInt8])
    case array([RedisReply])
}

/// Takes a reply apart. What is not there, or is something else, is the fault of whoever wrote the data: `corrupt`.
extension RedisReply {
    func elements(atLeast count: Int = 0) throws(TaskStoreError) -> [RedisReply] {
        guard case .array(let elements) = self, elements.count >= count else { throw Self.unexpected(self, "a list") }
        return elements
    }

    var optionalBytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }

    func bytes() throws(TaskStoreError) -> [UInt8] {
        guard case .bytes(let bytes) = self else { throw Self.unexpected(self, "bytes") }
        return bytes
    }

    func text() throws(TaskStoreError) -> String { String(decoding: try bytes(), as: UTF8.self) }

    var optionalText: String? {
        switch self {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .none, .error, .integer, .array: nil
        }
    }

    /// An integer, or the text of one.
    var optionalInteger: Int64? {
        switch self {
        case .integer(let number): number
        case .bytes(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        case .none, .status, .error, .array: nil
        }
    }

    func integer() throws(TaskStoreError) -> Int64 {
        guard let number = optionalInteger else { throw Self.unexpected(self, "a number") }
        return number
    }

    private static func unexpected(_ reply: RedisReply, _ what: String) -> TaskStoreError {
        TaskStoreError(
            .corrupt,
            "the task store in Redis answered something other than \(what) (\(reply.kind)): its keys were written by "
                + "another program or release")
    }

    private var kind: String {
        switch self {
        case .none: "nothing"
        case .status: "a status"
        case .error: "an error"
        case .integer: "a number"
        case .bytes: "bytes"
        case .array: "a list"
        }
    }
}
