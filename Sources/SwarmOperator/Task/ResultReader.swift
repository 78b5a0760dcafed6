import TaskQueue

/// Reads results of tasks, wherever they lie, within a bound.
struct ResultReader: Sendable {
    enum Answer: Sendable, Equatable {
        case bytes([UInt8])
        case tooLarge
        /// There is no such task, or it has no result, or not any more.
        case missing
    }

    private static let pieceBytes = 1 << 20

    let store: any TaskStore

    func result(of task: TaskID, atMost limit: Int) async throws -> Answer {
        guard let record = try await store.task(task) else { return .missing }
        return try await result(of: record, atMost: limit)
    }

    func result(of record: TaskRecord, atMost limit: Int) async throws -> Answer {
        guard record.state == .succeeded, let size = record.resultBytes else { return .missing }
        if size > limit { return .tooLarge }
        guard let blob = record.resultBlob else {
            return try await store.result(of: record.id).map(Answer.bytes) ?? .missing
        }
        var bytes: [UInt8] = []
        while bytes.count < size {
            let piece = try await store.blobs.read(blob.id, offset: bytes.count, limit: Self.pieceBytes)
            guard let piece, !piece.isEmpty else { return .missing }
            bytes += piece
        }
        return .bytes(bytes)
    }
}
