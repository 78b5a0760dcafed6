/// A result too large to stand in the record's own payload.
package struct ResultBlob: Sendable, Hashable {
    package var id: BlobID
    /// Of its bytes, in lower-case hexadecimal.
    package var sha256: String

    package init(id: BlobID, sha256: String) {
        self.id = id
        self.sha256 = sha256
    }
}

/// The name of a blob: that of the lease under which it was written. A second upload under the same lease takes the place of the
/// first.
package struct BlobID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var task: TaskID
    package var epoch: Int64

    package init(task: TaskID, epoch: Int64) {
        self.task = task
        self.epoch = epoch
    }

    package var description: String { "\(task)@\(epoch)" }

    package static func < (left: BlobID, right: BlobID) -> Bool {
        (left.task, left.epoch) < (right.task, right.epoch)
    }
}

/// What is known of a blob that is whole.
package struct BlobInfo: Sendable, Hashable {
    package var id: BlobID
    package var sha256: String
    package var bytes: Int
    package var written: StoreTime

    package init(id: BlobID, sha256: String, bytes: Int, written: StoreTime) {
        self.id = id
        self.sha256 = sha256
        self.bytes = bytes
        self.written = written
    }
}

/// Where large results lie: beside the records, written before them. A blob that no record has come to refer to is an orphan,
/// which `sweep` deletes.
///
/// Throws `TaskStoreError` where the store could not do its work.
package protocol BlobStore: Sendable {
    /// Begins an upload. Nothing is to be seen of it before it is finished.
    func write(_ id: BlobID) async throws -> any BlobWriter
    /// A blob that is whole; `nil`: there is none.
    func info(_ id: BlobID) async throws -> BlobInfo?
    /// At most `limit` bytes from `offset` on; empty at the end; `nil`: there is no such blob (any more).
    func read(_ id: BlobID, offset: Int, limit: Int) async throws -> [UInt8]?
    /// Deletes at most `limit` orphans, oldest first: blobs written before `time` that are no task's result (any more) and whose
    /// lease does not stand. Whether one is an orphan, and its end, are one transaction, so that no report can come to refer to
    /// what is being deleted. Answers which they were.
    func sweep(writtenBefore time: StoreTime, limit: Int) async throws -> [BlobID]
}

/// An upload. One call at a time.
package protocol BlobWriter: Sendable {
    /// Takes the next bytes; returns when it has room for more.
    func write(_ bytes: [UInt8]) async throws
    /// Makes the blob durable and to be seen, in the place of an earlier one of the same name.
    func finish(sha256: String) async throws -> BlobInfo
    /// Gives the upload up.
    func abandon() async
}
