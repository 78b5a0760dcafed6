import Synchronization
import TaskQueue

extension MachineStore {
    struct Blob {
        var info: BlobInfo
        var bytes: [UInt8]
    }

    /// Large results in memory.
    struct MachineBlobs: BlobStore {
        let store: MachineStore
        let disk: Disk

        func write(_ id: BlobID) async throws -> any BlobWriter { Upload(id, self) }

        func info(_ id: BlobID) async throws -> BlobInfo? { disk.blobs.withLock { $0[id]?.info } }

        func read(_ id: BlobID, offset: Int, limit: Int) async throws -> [UInt8]? {
            disk.blobs.withLock { blobs in
                blobs[id].map { Array($0.bytes.dropFirst(max(offset, 0)).prefix(max(limit, 0))) }
            }
        }

        func sweep(writtenBefore time: StoreTime, limit: Int) async throws -> [BlobID] {
            store.read { contents in
                let results = Set(contents.tasks.values.compactMap(\.record.resultBlob?.id))
                return disk.blobs.withLock { blobs in
                    let orphans = blobs.values.map(\.info)
                        .filter { $0.written < time && !results.contains($0.id) && !contents.isLeased($0.id) }
                        .sorted { ($0.written, $0.id) < ($1.written, $1.id) }.prefix(limit).map(\.id)
                    for id in orphans { blobs[id] = nil }
                    return orphans
                }
            }
        }
    }

    private actor Upload: BlobWriter {
        private let id: BlobID
        private let blobs: MachineBlobs
        private var bytes: [UInt8] = []

        init(_ id: BlobID, _ blobs: MachineBlobs) {
            self.id = id
            self.blobs = blobs
        }

        func write(_ bytes: [UInt8]) { self.bytes += bytes }

        func finish(sha256: String) -> BlobInfo {
            let info = BlobInfo(id: id, sha256: sha256, bytes: bytes.count, written: blobs.store.now())
            blobs.disk.blobs.withLock { [bytes] in $0[info.id] = Blob(info: info, bytes: bytes) }
            return info
        }

        func abandon() { bytes = [] }
    }
}

extension MachineStore.Contents {
    fileprivate func isLeased(_ blob: BlobID) -> Bool {
        tasks[blob.task].map { $0.record.state == .leased && $0.record.epoch == blob.epoch } ?? false
    }
}
