import ControllerRuntime
import KubernetesModel
import Synchronization
import Testing

@Suite("Informers")
struct InformerTests {
    /// What handlers were told, applied to a copy: it must always come out as the store.
    private final class Ledger: Sendable {
        struct State {
            var objects: [ObjectKey: ConfigMap] = [:]
            var problems: [String] = []
            var changes = 0
        }
        let state = Mutex(State())

        func note(_ change: Change<ConfigMap>) {
            state.withLock { state in
                state.changes += 1
                switch change {
                case .added(let object):
                    if state.objects[object.key] != nil { state.problems.append("\(object.key) was added twice") }
                    state.objects[object.key] = object
                case .updated(let old, let new):
                    if state.objects[new.key] != old {
                        state.problems.append("\(new.key): the old state is not the last")
                    }
                    if old.metadata.resourceVersion == new.metadata.resourceVersion {
                        state.problems.append("\(new.key): an update that changed nothing")
                    }
                    if old.metadata.uid != new.metadata.uid {
                        state.problems.append("\(new.key): an update of the uid")
                    }
                    state.objects[new.key] = new
                case .deleted(let object):
                    if state.objects.removeValue(forKey: object.key) == nil {
                        state.problems.append("\(object.key) was deleted without being there")
                    }
                }
            }
        }
    }

    private func versions(_ objects: some Sequence<ConfigMap>) -> [String] {
        objects.map { "\($0.key)@\($0.metadata.resourceVersion ?? "")" }.sorted()
    }

    private func informer(_ server: FaultyServer, seed: UInt64) -> Informer<ConfigMap> {
        Informer(name: "configmaps", listWatches: ["": server], time: TimeSource(RushedClock()), seed: seed)
    }

    @Test("whatever the server does to it, the store and what handlers are told come out right", arguments: 0..<40)
    func survives(seed: Int) async throws {
        let seed = UInt64(seed)
        let server = FaultyServer(seed: seed, faults: .all)
        let informer = informer(server, seed: seed)
        let ledger = Ledger()
        informer.onChange { ledger.note($0) }
        for index in 0..<5 { server.put("initial-\(index)", "0") }
        let run = Task { try await informer.run() }
        try await informer.waitUntilSynced()
        var generator = SeededGenerator(seed: seed &+ 1000)
        for step in 0..<200 {
            let name = "object-\(Int.random(in: 0..<12, using: &generator))"
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<12: server.put(name, "\(step)")
            case 12..<16: server.delete(name)
            case 16: server.compact()
            case 17: server.closeWatch()
            case 18:
                server.delete(name)
                server.compact()
                server.put(name, "again")
            default: await Task.yield()
            }
        }
        server.calm()
        await server.untilDelivered()
        let expected = versions(server.objects.values)
        let stored = versions(informer.store.list())
        let told = ledger.state.withLock { $0 }
        #expect(stored == expected, "seed \(seed)")
        #expect(versions(told.objects.values) == expected, "seed \(seed)")
        #expect(told.problems == [], "seed \(seed)")
        run.cancel()
        _ = await run.result
    }

    @Test("a relist after 410 tells only what differs")
    func relistTellsDifferences() async throws {
        let server = FaultyServer(seed: 1)
        for name in ["a", "b", "c", "d"] { server.put(name, "1") }
        let informer = informer(server, seed: 1)
        let ledger = Ledger()
        informer.onChange { ledger.note($0) }
        let run = Task { try await informer.run() }
        await server.untilDelivered()
        #expect(ledger.state.withLock { $0.changes } == 4)

        // Not seen by the watch: it is closed first, and history is lost.
        server.put("b", "2")
        await server.untilDelivered()
        server.compact()
        server.delete("c")
        server.put("e", "1")
        server.compact()
        await server.untilDelivered()
        let told = ledger.state.withLock { $0 }
        #expect(told.problems == [])
        #expect(versions(told.objects.values) == versions(server.objects.values))
        // b updated, c deleted, e added: nothing about a and d.
        #expect(told.changes == 7)
        run.cancel()
        _ = await run.result
    }

    @Test("a list of several pages is committed whole")
    func paged() async throws {
        let server = FaultyServer(seed: 1)
        for index in 0..<7 { server.put("object-\(index)", "1") }
        let informer = informer(server, seed: 1)
        let run = Task { try await informer.run() }
        try await informer.waitUntilSynced()
        #expect(informer.store.count == 7)
        #expect(server.listCalls.count == 4)
        #expect(server.listCalls.allSatisfy { $0.limit == 500 })
        await server.untilDelivered()
        #expect(server.watchCalls == [String(server.version)])
        run.cancel()
        _ = await run.result
    }

    @Test("waiting for the first list ends with the task that waits")
    func waitingIsCancellable() async {
        let informer = informer(FaultyServer(seed: 1), seed: 1)
        let wait = Task { try await informer.waitUntilSynced() }
        wait.cancel()
        await #expect(throws: CancellationError.self) { try await wait.value }
    }
}
