import TaskQueue

extension StoreConformance {
    /// Digests are the gateway's to check; the store only compares them.
    private static let digest = String(repeating: "ab", count: 32)

    private static func upload(_ bench: Workbench, _ id: BlobID, _ chunks: [[UInt8]]) async throws -> BlobInfo {
        let writer = try await bench.store.blobs.write(id)
        for chunk in chunks { try await writer.write(chunk) }
        return try await writer.finish(sha256: digest)
    }

    static let blobs: [StoreConformance] = [
        StoreConformance("a large result is written in pieces and read in pieces") { factory in
            var bench = try await Workbench(factory)
            try await bench.submit("a")
            let agent = try await bench.agent("one")
            let task = try await bench.lease(agent, 1)
            let id = BlobID(task: "a", epoch: task.key.epoch)
            let early = try await bench.report(agent, task, .completeWithBlob(sha256: digest, bytes: 7))
            try expectEqual(early, .refused(.unknownBlob), "a report before the upload")
            let writer = try await bench.store.blobs.write(id)
            try await writer.write([1, 2, 3])
            try expectEqual(try await bench.store.blobs.info(id), nil, "what there is of an upload in progress")
            try await writer.write([4, 5, 6, 7])
            let info = try await writer.finish(sha256: digest)
            try expectEqual(
                info, BlobInfo(id: id, sha256: digest, bytes: 7, written: bench.clock.now()), "the finished upload")
            let other = try await bench.report(agent, task, .completeWithBlob(sha256: digest, bytes: 8))
            try expectEqual(other, .refused(.unknownBlob), "a report of another size")
            let report = AttemptReport.Content.completeWithBlob(sha256: digest, bytes: 7)
            try expect(isAccepted(try await bench.report(agent, task, report)), "the report is accepted")
            try expectEqual(try await bench.report(agent, task, report), .duplicate, "the report again")
            bench.subject.store = try await bench.subject.reopen()
            let record = try await bench.record("a")
            try expectEqual(record.resultBlob, ResultBlob(id: id, sha256: digest), "where the result is")
            try expectEqual(record.resultBytes, 7, "its size")
            try expectEqual(try await bench.store.blobs.read(id, offset: 0, limit: 4), [1, 2, 3, 4], "its start")
            try expectEqual(try await bench.store.blobs.read(id, offset: 4, limit: 100), [5, 6, 7], "its end")
            try expectEqual(try await bench.store.blobs.read(id, offset: 7, limit: 100), [], "beyond it")
        },
        StoreConformance("an upload that is begun again takes the place of the one before") { factory in
            let bench = try await Workbench(factory)
            let id = BlobID(task: "a", epoch: 1)
            _ = try await upload(bench, id, [[1, 1, 1]])
            let abandoned = try await bench.store.blobs.write(id)
            try await abandoned.write([9])
            await abandoned.abandon()
            try expectEqual(
                try await bench.store.blobs.read(id, offset: 0, limit: 9), [1, 1, 1], "after an abandoned one")
            _ = try await upload(bench, id, [[2], [2]])
            try expectEqual(try await bench.store.blobs.read(id, offset: 0, limit: 9), [2, 2], "after another one")
            try expectEqual(try await bench.store.blobs.info(id)?.bytes, 2, "its size")
        },
        StoreConformance("a blob that belongs to no task is an orphan when its lease is over") { factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one", slots: 2)
            for id: TaskID in ["kept", "lost"] { try await bench.submit(id) { $0.timeoutMs = 86_400_000 } }
            let tasks = try await bench.offer(agent, 1, slots: 2).tasks
            for task in tasks {
                _ = try await bench.beat(agent, task)
                _ = try await upload(bench, BlobID(task: task.record.id, epoch: 1), [[1]])
            }
            _ = try await upload(bench, BlobID(task: "unknown", epoch: 1), [[1]])
            let kept = try require(tasks.first { $0.record.id == "kept" }, "lease")
            _ = try await bench.report(agent, kept, .completeWithBlob(sha256: digest, bytes: 1))
            let later = bench.clock.now() + 1
            func sweep(_ time: StoreTime) async throws -> [BlobID] {
                try await bench.store.blobs.sweep(writtenBefore: time, limit: 10)
            }
            try expectEqual(try await sweep(bench.clock.now()), [], "orphans from before")
            try expectEqual(
                try await sweep(later), [BlobID(task: "unknown", epoch: 1)], "orphans while the lease stands")
            _ = try await bench.store.cancel("lost", CancelOrder(mode: .force, reason: ""))
            let lost = BlobID(task: "lost", epoch: 1)
            try expectEqual(try await sweep(later), [lost], "orphans when it is over")
            try expectEqual(try await bench.store.blobs.info(lost), nil, "a deleted one")
            try expectEqual(try await bench.store.blobs.read(lost, offset: 0, limit: 1), nil, "its bytes")
            bench.clock.advance(bench.policy.retentionMs)
            try await bench.pass(1)
            try expectEqual(
                try await sweep(bench.clock.now()), [BlobID(task: "kept", epoch: 1)],
                "orphans when the task is forgotten")
        },
        StoreConformance("a task that adopts a large result shares it") { factory in
            let bench = try await Workbench(factory)
            let agent = try await bench.agent("one")
            try await bench.submit("first") { $0.dedupKey = "same" }
            let task = try await bench.lease(agent, 1)
            _ = try await upload(bench, BlobID(task: "first", epoch: 1), [[1, 2]])
            _ = try await bench.report(agent, task, .completeWithBlob(sha256: digest, bytes: 2))
            let adopted = try await bench.submit("second") {
                $0.dedupKey = "same"
                $0.origin = .object(name: "second")
            }
            try expectEqual(adopted.resultBlob?.id, BlobID(task: "first", epoch: 1), "where the result is")
            try expectEqual(adopted.resultBytes, 2, "its size")
        },
    ]
}
