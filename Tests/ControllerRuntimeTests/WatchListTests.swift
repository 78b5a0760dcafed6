import ControllerRuntime
import KubernetesModel
import Synchronization
import Testing

@Suite("Lists that come as the first events of a watch", .timeLimit(.minutes(2)))
struct WatchListTests {
    // MARK: The machine

    private func streaming() -> ReflectorMachine {
        var machine = ReflectorMachine(usesWatchList: true, seed: 1)
        _ = machine.handle(.started)
        return machine
    }

    private func isStream(_ actions: [ReflectorMachine.Action]) -> Bool {
        if case .watchList(let seconds, .seconds(60)) = actions.last { (180...220).contains(seconds) } else { false }
    }

    private let pages: [ReflectorMachine.Action] = [.discardPages, .list(limit: 500, continueToken: nil)]

    @Test func `the state is committed at the bookmark, and the watch goes on from there`() {
        var machine = ReflectorMachine(usesWatchList: true, seed: 1)
        let start = machine.handle(.started)
        #expect(start.first == .discardPages && isStream(start))
        // Initial events are in no order: neither they nor a bookmark among them say how far the watch has come.
        #expect(machine.handle(.changed(resourceVersion: "90")).isEmpty)
        #expect(machine.handle(.bookmark(resourceVersion: "95")).isEmpty)
        #expect(machine.resumeVersion == nil)
        #expect(machine.handle(.initialEventsEnd(resourceVersion: "50")) == [.commit(resourceVersion: "50")])
        #expect(machine.resumeVersion == "50")
        _ = machine.handle(.changed(resourceVersion: "51"))
        #expect(machine.resumeVersion == "51")
    }

    @Test func `a server that refuses is asked for pages at once, and never again for a stream`() {
        var machine = streaming()
        #expect(machine.handle(.watchFailed(.watchListRefused, lasted: .zero)) == pages)
        #expect(!machine.usesWatchList)
        _ = machine.handle(.page(resourceVersion: "10", continueToken: nil))
        _ = machine.handle(.watchFailed(.expired, lasted: .zero))
        #expect(machine.handle(.waited) == pages)
    }

    @Test func `a bookmark that does not come in time means pages as well`() {
        var machine = streaming()
        _ = machine.handle(.changed(resourceVersion: "3"))
        #expect(machine.handle(.watchFailed(.initialEventsOverdue, lasted: .seconds(60))) == pages)
        #expect(!machine.usesWatchList)
    }

    @Test func `a stream that breaks starts over, and after some times the list is read in pages this once`() {
        var machine = streaming()
        for _ in 0..<3 {
            guard case .wait = machine.handle(.watchFailed(.other, lasted: .zero)).last else {
                Issue.record("no pause")
                return
            }
            #expect(isStream(machine.handle(.waited)))
        }
        _ = machine.handle(.watchClosed(lasted: .seconds(200)))
        #expect(machine.handle(.waited) == pages)
        #expect(machine.usesWatchList)
        _ = machine.handle(.page(resourceVersion: "10", continueToken: nil))
        _ = machine.handle(.watchFailed(.expired, lasted: .zero))
        #expect(isStream(machine.handle(.waited)))
    }

    @Test func `a server that asks for patience is asked for the stream again afterwards`() {
        var machine = streaming()
        #expect(machine.handle(.watchFailed(.retryAfter(.seconds(7)), lasted: .zero)) == [.wait(.seconds(7))])
        #expect(isStream(machine.handle(.waited)))
    }

    @Test func `a server put back to an older state is listed anew once it does not know our version for long`() {
        var machine = streaming()
        _ = machine.handle(.initialEventsEnd(resourceVersion: "50"))
        for _ in 0..<3 {
            _ = machine.handle(.watchFailed(.tooLarge, lasted: .zero))
            guard case .watch("50", _) = machine.handle(.waited).last else {
                Issue.record("not tried again from the last version")
                return
            }
        }
        _ = machine.handle(.watchFailed(.tooLarge, lasted: .zero))
        #expect(isStream(machine.handle(.waited)))
        // Its versions are older than those seen before: that is how it is now.
        #expect(machine.handle(.initialEventsEnd(resourceVersion: "20")) == [.commit(resourceVersion: "20")])
        #expect(machine.resumeVersion == "20")
    }

    // MARK: The driver

    private func informer(
        _ server: StreamingServer, clock: any Clock<Duration> = ImpatientClock(), seed: UInt64 = 1
    ) -> Informer<ConfigMap> {
        Informer(
            name: "configmaps", listWatches: ["": server],
            configuration: .init(initialEventsDeadline: .seconds(86_400)), time: Self.time(clock), seed: seed)
    }

    private static func time<C: Clock>(_ clock: C) -> TimeSource where C.Duration == Duration { TimeSource(clock) }

    private func versions(_ objects: some Sequence<ConfigMap>) -> [String] {
        objects.map { "\($0.key)@\($0.metadata.resourceVersion ?? "")" }.sorted()
    }

    private func filled(_ count: Int, seed: UInt64 = 1) -> FaultyServer {
        let server = FaultyServer(seed: seed)
        for index in 0..<count { server.put("object-\(index)", "1") }
        return server
    }

    @Test func `the store is filled without a list`() async throws {
        let server = StreamingServer(filled(7))
        let informer = informer(server)
        let run = Task { try await informer.run() }
        try await informer.waitUntilSynced()
        #expect(versions(informer.store.list()) == versions(server.base.objects.values))
        #expect(server.base.listCalls.isEmpty && server.streams == 1)
        server.base.put("object-3", "2")
        await server.base.untilDelivered()
        #expect(versions(informer.store.list()) == versions(server.base.objects.values))
        run.cancel()
        _ = await run.result
    }

    @Test(arguments: [400, 422])
    func `a server that cannot stream is listed in pages`(code: Int) async throws {
        let server = StreamingServer(filled(7), .refuses(code: code))
        let informer = informer(server)
        let run = Task { try await informer.run() }
        try await informer.waitUntilSynced()
        #expect(informer.store.count == 7)
        #expect(server.streams == 1 && server.base.listCalls.count == 4)
        run.cancel()
        _ = await run.result
    }

    @Test func `a server that does not know the bookmark is listed in pages at the deadline, not before`() async throws
    {
        let server = StreamingServer(filled(3), .neverEnds)
        let clock = ManualClock()
        let informer = informer(server, clock: clock)
        let run = Task { try await informer.run() }
        await clock.sleeper(until: .seconds(86_400))
        #expect(server.base.listCalls.isEmpty && !informer.hasSynced && informer.store.count == 0)
        clock.advance(by: .seconds(86_400))
        try await informer.waitUntilSynced()
        #expect(informer.store.count == 3)
        run.cancel()
        _ = await run.result
    }

    @Test func `an initial stream that breaks leaves the store as it was, and a later one tells only what differs`()
        async throws
    {
        let server = StreamingServer(filled(6))
        let clock = ManualClock()
        let informer = informer(server, clock: clock)
        let changes = Mutex<[String]>([])
        informer.onChange { change in
            changes.withLock { $0.append("\(change.object.key.name)@\(change.object.data?["value"] ?? "")") }
        }
        let run = Task { try await informer.run() }
        try await informer.waitUntilSynced()
        await server.base.untilDelivered()
        #expect(changes.withLock { $0.count } == 6)

        server.set(.breaks(after: 2))
        server.base.compact()
        server.base.delete("object-0")
        server.base.put("object-1", "2")
        server.base.compact()
        server.base.closeWatch()
        // 410, a jitter of at most a second, then a stream that breaks and the pause after it: until a stream is complete, all
        // stays as it was.
        let longestPause = Duration.seconds(60)
        try await clock.sleeper(within: longestPause)
        while server.streams < 2 {
            clock.advance(by: longestPause)
            try await clock.sleeper(within: longestPause)
        }
        #expect(informer.store.count == 6)
        server.set(.offers)
        clock.advance(by: longestPause)
        await server.base.untilDelivered()
        #expect(versions(informer.store.list()) == versions(server.base.objects.values))
        #expect(Set(changes.withLock { Array($0.dropFirst(6)) }) == ["object-0@1", "object-1@2"])
        run.cancel()
        _ = await run.result
    }

    @Test(arguments: 0..<20)
    func `whatever the server does to it, the store and what handlers are told come out right`(seed: Int) async throws {
        let seed = UInt64(seed)
        let server = StreamingServer(FaultyServer(seed: seed, faults: .all))
        let informer = informer(server, seed: seed)
        let told = Mutex<[ObjectKey: ConfigMap]>([:])
        informer.onChange { change in
            told.withLock { told in
                switch change {
                case .added(let object), .updated(_, let object): told[object.key] = object
                case .deleted(let object): told[object.key] = nil
                }
            }
        }
        for index in 0..<5 { server.base.put("initial-\(index)", "0") }
        let run = Task { try await informer.run() }
        try await informer.waitUntilSynced()
        var generator = SeededGenerator(seed: seed &+ 1000)
        for step in 0..<200 {
            let name = "object-\(Int.random(in: 0..<12, using: &generator))"
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<11: server.base.put(name, "\(step)")
            case 11..<15: server.base.delete(name)
            case 15: server.base.compact()
            case 16: server.base.closeWatch()
            case 17: server.set(.breaks(after: Int.random(in: 0..<4, using: &generator)))
            case 18: server.set(.offers)
            default: await Task.yield()
            }
        }
        server.set(.offers)
        server.base.calm()
        await server.base.untilDelivered()
        let expected = versions(server.base.objects.values)
        #expect(versions(informer.store.list()) == expected, "seed \(seed)")
        #expect(versions(told.withLock { Array($0.values) }) == expected, "seed \(seed)")
        run.cancel()
        _ = await run.result
    }
}
