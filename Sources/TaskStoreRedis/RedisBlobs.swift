import Synchronization
import TaskQueue

/// Large results, in pieces, in the same Redis. They take memory there: `QueuePolicy.maxBlobBytes` bounds one of them.
struct RedisBlobs: BlobStore {
    /// Small enough for other calls not to wait long behind one.
    static let pieceBytes = 256 << 10

    let store: RedisTaskStore

    func write(_ id: BlobID) async throws -> any BlobWriter {
        RedisUpload(id: id, name: String(store.bits(), radix: 36), store: store)
    }

    func info(_ id: BlobID) async throws -> BlobInfo? {
        guard let bytes = try await store.run(.blobInfo, [Self.name(id)]).optionalBytes else { return nil }
        var fields = try PackFields(bytes)
        _ = try fields.text()
        return BlobInfo(
            id: id, sha256: try fields.text(), bytes: Int(clamping: try fields.integer()),
            written: try fields.time())
    }

    func read(_ id: BlobID, offset: Int, limit: Int) async throws -> [UInt8]? {
        let numbers = [offset, limit, Self.pieceBytes].map { Array(String($0).utf8) }
        return try await store.run(.readBlob, [Self.name(id)] + numbers).optionalBytes
    }

    func sweep(writtenBefore time: StoreTime, limit: Int) async throws -> [BlobID] {
        let numbers = [time.milliseconds, Int64(limit)].map { Array(String($0).utf8) }
        return try await store.run(.sweepBlobs, numbers).elements().map { entry in
            let pair = try entry.elements(atLeast: 2)
            return BlobID(task: TaskID(try pair[0].text()), epoch: try pair[1].integer())
        }
    }

    private static func name(_ id: BlobID) -> [UInt8] { Array("\(id.epoch)@\(id.task)".utf8) }
}

/// An upload: pieces under a name of its own until it is finished.
final class RedisUpload: BlobWriter {
    private struct State {
        var rest: [UInt8] = []
        var pieces = 0
        var bytes = 0

        /// What can be sent as a piece.
        mutating func take(atLeast count: Int) -> (index: Int, bytes: [UInt8])? {
            guard !rest.isEmpty, rest.count >= count else { return nil }
            let piece = Array(rest.prefix(RedisBlobs.pieceBytes))
            rest.removeFirst(piece.count)
            defer { pieces += 1 }
            return (pieces, piece)
        }
    }

    private let id: BlobID
    private let name: String
    private let store: RedisTaskStore
    private let state = Mutex(State())

    init(id: BlobID, name: String, store: RedisTaskStore) {
        self.id = id
        self.name = name
        self.store = store
    }

    func write(_ bytes: [UInt8]) async throws {
        state.withLock { state in
            state.rest += bytes
            state.bytes += bytes.count
        }
        try await send(atLeast: RedisBlobs.pieceBytes)
    }

    func finish(sha256: String) async throws -> BlobInfo {
        try await send(atLeast: 1)
        let bytes = state.withLock { $0.bytes }
        let words = [id.task.text, String(id.epoch), name, sha256, String(bytes)].map { Array($0.utf8) }
        guard let written = RedisTaskStore.time(try await store.run(.finishUpload, words)) else {
            throw TaskStoreError(
                .unavailable, "Redis has forgotten the pieces of the upload \(id): it was started anew; send it again")
        }
        return BlobInfo(id: id, sha256: sha256, bytes: bytes, written: written)
    }

    func abandon() async {
        // Should this fail, the sweep finds the pieces.
        _ = try? await store.run(.abandonUpload, [Array(name.utf8)])
    }

    private func send(atLeast count: Int) async throws {
        while let piece = state.withLock({ $0.take(atLeast: count) }) {
            _ = try await store.run(.putPiece, [Array(name.utf8), Array(String(piece.index).utf8), piece.bytes])
        }
    }
}
