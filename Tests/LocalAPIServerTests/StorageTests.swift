import Foundation
import GRDB
import Logging
import StructuredData
import Synchronization
import Testing

@testable import LocalAPIServer

@Suite("The object store", .timeLimit(.minutes(1)))
struct StorageTests {
    private static func location(_ name: String) -> ObjectLocation {
        ObjectLocation(resource: "/things", namespace: "n", name: name)
    }

    private static func content(_ name: String, value: Int = 0) -> StoredContent {
        StoredContent(
            object: ["metadata": ["name": .string(name), "uid": .string("uid-\(name)")], "value": JSON(value)],
            fields: ["value": String(value)])
    }

    /// Runs `body` with a store on `path`.
    private static func withStore<Result: Sendable>(
        _ path: String?, now: @escaping @Sendable () -> Double = { 1000 },
        _ body: @Sendable (ObjectStore) async throws -> Result
    ) async throws -> Result {
        let store = try await ObjectStore(
            storage: try SQLiteObjectStorage(path: path), historySeconds: 100, logger: Logger(label: "test"), now: now)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await store.run() }
            defer { group.cancelAll() }
            return try await body(store)
        }
    }

    private static func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory.path)
    }

    @Test("Every write takes the next version, and a stale one is refused")
    func versions() async throws {
        try await Self.withStore(nil) { store in
            let created = try await store.commit(
                ObjectWrite(location: Self.location("a"), kind: .create(Self.content("a"))))
            let updated = try await store.commit(
                ObjectWrite(
                    location: Self.location("a"),
                    kind: .update(expected: created.resourceVersion, Self.content("a", value: 1))))
            #expect(updated.resourceVersion == created.resourceVersion + 1)
            #expect(try updated.object()["metadata"]?["resourceVersion"] == .string(String(updated.resourceVersion)))
            await #expect(throws: StoreError.conflict) {
                try await store.commit(
                    ObjectWrite(
                        location: Self.location("a"),
                        kind: .update(expected: created.resourceVersion, Self.content("a", value: 2))))
            }
            await #expect(throws: StoreError.alreadyExists) {
                try await store.commit(
                    ObjectWrite(location: Self.location("a"), kind: .create(Self.content("a"))))
            }
            await #expect(throws: StoreError.notFound) {
                try await store.commit(ObjectWrite(location: Self.location("b"), kind: .delete(expected: 1)))
            }
        }
    }

    @Test("Of many writers that update from one version exactly one wins each round")
    func racingWriters() async throws {
        try await Self.withStore(nil) { store in
            let first = try await store.commit(
                ObjectWrite(location: Self.location("a"), kind: .create(Self.content("a"))))
            let wins = await withTaskGroup(of: Bool.self) { group in
                for value in 0..<50 {
                    group.addTask {
                        (try? await store.commit(
                            ObjectWrite(
                                location: Self.location("a"),
                                kind: .update(expected: first.resourceVersion, Self.content("a", value: value)))))
                            != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1)
            #expect(store.resourceVersion == first.resourceVersion + 1)
        }
    }

    @Test("What a commit returned from is there after the process was killed")
    func survivesKill() async throws {
        try await Self.withDirectory { directory in
            let path = "\(directory)/api.sqlite"
            let copy = "\(directory)/copy.sqlite"
            let (version, uid) = try await Self.withStore(path) { store in
                let created = try await store.commit(
                    ObjectWrite(location: Self.location("a"), kind: .create(Self.content("a"))))
                let updated = try await store.commit(
                    ObjectWrite(
                        location: Self.location("a"),
                        kind: .update(expected: created.resourceVersion, Self.content("a", value: 1))))
                let gone = try await store.commit(
                    ObjectWrite(location: Self.location("b"), kind: .create(Self.content("b"))))
                _ = try await store.commit(
                    ObjectWrite(location: Self.location("b"), kind: .delete(expected: gone.resourceVersion)))
                // The files as a killed process leaves them: never closed, never checkpointed.
                for suffix in ["", "-wal"] {
                    try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
                }
                return (updated.resourceVersion, updated.uid)
            }
            try await Self.withStore(copy) { store in
                let object = try #require(store.object(at: Self.location("a")))
                #expect(object.resourceVersion == version)
                #expect(object.uid == uid)
                #expect(object.fields == ["value": "1"])
                #expect(store.object(at: Self.location("b")) == nil)
                #expect(store.resourceVersion == version + 2)
                // The history leads through every state again.
                let watch = try store.watch("/things", namespace: nil, after: version - 1)
                #expect(watch.backlog.map(\.kind) == [.modified, .added, .deleted])
                #expect(watch.backlog.map(\.version) == [version, version + 1, version + 2])
                #expect(try watch.backlog[0].previous?.object()["value"] == 0)
                let earlier = try store.objects(of: "/things", namespace: "n", at: version - 1)
                #expect(try earlier.first?.object()["value"] == 0)
            }
        }
    }

    @Test("Labels and fields are there after a restart, also from a file that does not keep them beside the objects")
    func restored() async throws {
        try await Self.withDirectory { directory in
            let path = "\(directory)/api.sqlite"
            let content = StoredContent(
                object: ["metadata": ["name": "a", "uid": "uid-a", "labels": ["app": "web", "é": "ü"]]],
                fields: ["spec.nodeName": "node"])
            _ = try await Self.withStore(path) { store in
                try await store.commit(ObjectWrite(location: Self.location("a"), kind: .create(content)))
            }
            for isOlder in [false, true] {
                if isOlder {
                    let queue = try DatabaseQueue(path: path)
                    try await queue.write { database in
                        try database.execute(
                            sql: "ALTER TABLE object DROP COLUMN uid; ALTER TABLE object DROP COLUMN labels")
                    }
                    try queue.close()
                }
                try await Self.withStore(path) { store in
                    let object = try #require(store.object(at: Self.location("a")))
                    #expect(object.uid == "uid-a")
                    #expect(object.labels == ["app": "web", "é": "ü"])
                    #expect(object.fields == ["spec.nodeName": "node"])
                    let next = try await store.commit(
                        ObjectWrite(
                            location: Self.location("a"), kind: .update(expected: object.resourceVersion, content)))
                    #expect(next.labels == object.labels)
                }
            }
        }
    }

    @Test("A file that is in use is refused with a hint")
    func exclusive() async throws {
        try await Self.withDirectory { directory in
            let path = "\(directory)/api.sqlite"
            try await Self.withStore(path) { _ in
                let error = #expect(throws: LocalAPIServerError.self) { try SQLiteObjectStorage(path: path) }
                #expect(error?.message.contains("in use by another process") == true)
            }
        }
    }

    @Test("History that is too old is forgotten, and a watch from there is told so")
    func trimming() async throws {
        let time = Mutex<Double>(1000)
        let clock: @Sendable () -> Double = { time.withLock { $0 } }
        try await Self.withStore(nil, now: clock) { store in
            let first = try await store.commit(
                ObjectWrite(location: Self.location("a"), kind: .create(Self.content("a"))))
            time.withLock { $0 = 1200 }
            let second = try await store.commit(
                ObjectWrite(location: Self.location("b"), kind: .create(Self.content("b"))))
            let watch = try store.watch("/things", namespace: nil, after: nil)
            store.askForTick()
            // The progress notice comes with the tick that trims.
            var told: Int64?
            while told == nil, let notices = await watch.inbox.next() {
                for case .progress(let version) in notices { told = version }
            }
            #expect(told == second.resourceVersion)
            #expect(throws: StoreError.expired(oldest: first.resourceVersion)) {
                try store.watch("/things", namespace: nil, after: first.resourceVersion - 1)
            }
            #expect(try store.watch("/things", namespace: nil, after: first.resourceVersion).backlog.count == 1)
            #expect(store.object(at: Self.location("a")) != nil)
        }
    }

    @Test("Each of a crowd of watchers is told every change in order")
    func crowd() async throws {
        try await Self.withStore(nil) { store in
            let watches = try (0..<(ObjectStore.crowd * 2)).map { _ in
                try store.watch("/things", namespace: nil, after: nil)
            }
            let total = 200
            try await withThrowingTaskGroup(of: [Int64].self) { group in
                for watch in watches {
                    group.addTask {
                        var versions: [Int64] = []
                        while versions.count < total, let notices = await watch.inbox.next() {
                            for case .change(let change) in notices { versions.append(change.version) }
                        }
                        return versions
                    }
                }
                var written: [Int64] = []
                for index in 0..<total {
                    written.append(
                        try await store.commit(
                            ObjectWrite(
                                location: Self.location("x\(index)"), kind: .create(Self.content("x\(index)")))
                        ).resourceVersion)
                }
                for try await versions in group { #expect(versions == written) }
            }
            for watch in watches { watch.close() }
        }
    }

    @Test("A watcher that falls too far behind is closed, and others are not")
    func slowWatcher() async throws {
        try await Self.withStore(nil) { store in
            let slow = try store.watch("/things", namespace: nil, after: nil)
            let elsewhere = try store.watch("/things", namespace: "elsewhere", after: nil)
            let total = ObjectStore.watchBufferChanges + 10
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<total {
                    group.addTask {
                        _ = try? await store.commit(
                            ObjectWrite(
                                location: Self.location("x\(index)"), kind: .create(Self.content("x\(index)"))))
                    }
                }
            }
            var seen = 0
            while let notices = await slow.inbox.next() {
                for case .change in notices { seen += 1 }
            }
            #expect(seen <= ObjectStore.watchBufferChanges)
            #expect(seen < total)
            elsewhere.close()
            while let notices = await elsewhere.inbox.next() {
                for case .change in notices { Issue.record("another namespace's change was told") }
            }
        }
    }
}
