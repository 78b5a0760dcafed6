import StructuredData
import Testing

@testable import SwarmScaling

/// Service times by type and input size.
@Suite struct WorkMixTests {
    private let quick = WorkClass(type: "quote", inputBytes: 200)
    private let long = WorkClass(type: "simulation", inputBytes: 200)

    private func mix(quick ready: Int, long readyLong: Int, arrivals: (quick: Int, long: Int) = (0, 0)) -> WorkMix {
        WorkMix(parts: [
            .init(
                of: quick, milliseconds: 100, variationThousandths: 0, ready: ready, arrivals: arrivals.quick),
            .init(
                of: long, milliseconds: 60_000, variationThousandths: 0, ready: readyLong, arrivals: arrivals.long),
        ])
    }

    // MARK: Classes

    @Test(arguments: [
        (0, 1024 as Int?), (1024, 1024), (1025, 4096), (65_536, 65_536), (1 << 20, 1 << 20), (1 + 1 << 20, nil),
        (16 << 20, nil),
    ])
    func `Inputs within a factor of four are of one class`(bytes: Int, bound: Int?) {
        #expect(WorkClass(type: "echo", inputBytes: bytes).maxInputBytes == bound)
    }

    @Test func `A mixture has the moments of its parts`() throws {
        // 3 of 100 ms and 1 of 500 ms, none of which vary: a mean of 200, of squares 70,000.
        let parts = [(100, 3), (500, 1)].map { milliseconds, count in
            WorkMix.Part(
                of: WorkClass(type: "\(milliseconds)", inputBytes: 0), milliseconds: milliseconds,
                variationThousandths: 0, ready: count)
        }
        let time = try #require(ExpectedTime(WorkMix(parts: parts)) { Double($0.ready) })
        #expect(abs(time.seconds - 0.2) < 1e-12)
        #expect(abs(time.variation - 0.75) < 1e-12)
        #expect(ExpectedTime(WorkMix(parts: parts)) { Double($0.running) } == nil)
    }

    // MARK: Learning

    /// Ends so many tasks of a class, each after the time.
    private func end(
        _ count: Int, of kind: WorkClass, after milliseconds: Int64, at start: Int64 = 0,
        _ tracker: inout WorkTracker<String>
    ) {
        for task in 0..<count {
            let name = "\(kind) \(task)"
            tracker.becameReady(name, kind, at: start)
            tracker.began(name, kind, at: start)
            tracker.ended(name, at: start + milliseconds)
        }
    }

    @Test func `Types and sizes are told apart, and one that was hardly seen is as its type`() throws {
        var tracker = WorkTracker<String>()
        let small = WorkClass(type: "report", inputBytes: 100)
        let large = WorkClass(type: "report", inputBytes: 50_000)
        let largest = WorkClass(type: "report", inputBytes: 1_000_000)
        end(400, of: quick, after: 100, &tracker)
        end(200, of: small, after: 1000, &tracker)
        end(200, of: large, after: 9000, &tracker)
        end(1, of: largest, after: 30_000, &tracker)
        let found = tracker.mix(now: 9000, noneIsReady: false)
        let mix = try #require(found)
        func milliseconds(_ kind: WorkClass) -> Int { mix.parts.first { $0.of == kind }?.milliseconds ?? 0 }
        #expect((95...300).contains(milliseconds(quick)))
        #expect((1000...1200).contains(milliseconds(small)))
        #expect((8700...9000).contains(milliseconds(large)))
        // One end moves it a sixth of the way from what its type takes (about 5 s).
        #expect((8500...9700).contains(milliseconds(largest)))
    }

    @Test func `A class whose times change is followed`() throws {
        var tracker = WorkTracker<String>()
        end(1000, of: quick, after: 100, &tracker)
        end(600, of: quick, after: 2000, at: 10_000, &tracker)
        let found = tracker.mix(now: 12_000, noneIsReady: false)
        let part = try #require(found?.parts.first)
        #expect((1850...2000).contains(part.milliseconds))
    }

    @Test func `What waits, runs and has arrived is counted by class, and arrivals fade`() throws {
        var tracker = WorkTracker<String>()
        end(20, of: long, after: 1000, &tracker)
        for task in 0..<5 { tracker.becameReady("r\(task)", quick, at: 120_000) }
        tracker.began("r0", quick, at: 120_000)
        // One is held after all, and comes back.
        tracker.waits("r1", quick, at: 120_000)
        let found = tracker.mix(now: 120_000, noneIsReady: false)
        let mix = try #require(found)
        let part = try #require(mix.parts.first { $0.of == quick })
        #expect((part.ready, part.running, part.arrivals) == (3, 1, 5))
        // e⁻² of the twenty.
        #expect(mix.parts.first { $0.of == long }?.arrivals == 3)
        let later = tracker.mix(now: 121_000, noneIsReady: true)
        #expect(later?.parts.first { $0.of == quick }?.ready == 0)
        tracker.loseTrack()
        let lost = tracker.mix(now: 121_000, noneIsReady: true)
        #expect(lost?.parts.first { $0.of == quick }?.running == 0)
    }

    @Test func `With little seen there is no mix, and of very many classes the oldest are forgotten`() {
        var tracker = WorkTracker<String>()
        end(9, of: quick, after: 100, &tracker)
        let few = tracker.mix(now: 1000, noneIsReady: false)
        #expect(few == nil)
        for type in 0..<500 { end(1, of: WorkClass(type: "\(type)", inputBytes: 0), after: 10, &tracker) }
        #expect(tracker.classCount <= WorkTracker<String>.remembered)
        let many = tracker.mix(now: 1000, noneIsReady: false)
        #expect(many.map { $0.parts.count <= WorkMix.most } == true)
    }

    // MARK: Deciding

    /// n ≤ c·(1 + T/S) for each kind by itself: 36 quick ones fill 1.7 slots and 4 long ones 3.9, where 40 of their mean would fill 30.
    @Test(arguments: [(40, 0, 1), (0, 40, 10), (36, 4, 2), (200, 80, 22)])
    func `Backlog: as many agents as the kinds of the waiting tasks need`(quick: Int, long: Int, agents: Int) {
        let inputs = scalingInputs(ready: quick + long, max: 100) {
            $0.service = ServiceTime(milliseconds: 3000, variationThousandths: 20_000)
            $0.work = mix(quick: quick, long: long)
        }
        let decision = Autoscaler.decide(inputs)
        #expect(decision.to == agents, "\(decision.message)")
    }

    @Test func `Arrivals: the kinds that arrive count, not those that have been many before`() {
        func decide(_ arrivals: (quick: Int, long: Int)) -> ScalingDecision {
            Autoscaler.decide(
                scalingInputs(current: 1, max: 1000) {
                    $0.service = ServiceTime(milliseconds: 10_000)
                    $0.arrivals = .perSecond(slow: 2)
                    $0.work = mix(quick: 0, long: 0, arrivals: arrivals)
                })
        }
        #expect(decide((120, 0)).to == 1)
        // 120 tasks of a minute each come in a minute.
        #expect(decide((0, 120)).to >= 15)
    }

    @Test func `Running: long tasks that run as long as their kind does disprove nothing`() {
        func decide(long isLong: Bool) -> ScalingDecision {
            Autoscaler.decide(
                scalingInputs(ready: 8, leased: 4, current: 1) {
                    $0.service = ServiceTime(
                        milliseconds: 200, variationThousandths: 1000, running: .init(tasks: 4, milliseconds: 120_000))
                    var mix = mix(quick: 8, long: 0)
                    mix.parts[isLong ? 1 : 0].running = 4
                    $0.work = mix
                })
        }
        // Of quick ones, half a minute each says that all take longer now.
        #expect(decide(long: false).to > decide(long: true).to)
    }

    // MARK: In a life

    @Test func `Mixed load: long tasks among many quick ones are given agents at once`() {
        func agents(tellsKindsApart: Bool) -> (after: Int, share: Double) {
            var simulation = SwarmSimulation(
                scalingInputs(concurrency: 4, max: 100), serviceSeconds: 0.2, startSeconds: 1, seed: 20_260_605)
            simulation.tellsKindsApart = tellsKindsApart
            let long = SwarmSimulation.Kind(work: long, seconds: 20)
            simulation.run(seconds: 300) { _ in 8 }
            simulation.add(100, of: long)
            simulation.run(seconds: 600) { _ in 8 }
            simulation.add(100, of: long)
            simulation.run(seconds: 300) { _ in 8 }
            let after = simulation.points.first { $0.second == 902 }?.agents ?? 0
            return (after, simulation.share(of: 900..<1000))
        }
        let (apart, together) = (agents(tellsKindsApart: true), agents(tellsKindsApart: false))
        #expect(apart.after >= 20, "of 25 that a slot for each takes")
        #expect(together.after < apart.after)
        #expect(apart.share > together.share)
    }

    // MARK: The ledger

    @Test func `A decision with kinds is the same when replayed from its record`() throws {
        let inputs = scalingInputs(ready: 40, leased: 3, current: 2) {
            $0.service = ServiceTime(milliseconds: 3000)
            $0.arrivals = .perSecond(slow: 3, fast: 7)
            $0.work = mix(quick: 30, long: 10, arrivals: (100, 20))
        }
        let record = try JSON(encoding: inputs).text()
        let again = try JSON.parse(Array(record.utf8)).decode(ScalingInputs.self)
        #expect(again == inputs)
        #expect(Autoscaler.decide(again) == Autoscaler.decide(inputs))
    }

    @Test func `An entry of a release that did not tell kinds apart gives what it gave then`() throws {
        let record = """
            {"arrivals":{"fast":{"count":5,"milliseconds":5500},"slow":{"count":40,"milliseconds":59500}},\
            "concurrency":4,"currentAgents":1,"idleSeconds":60,"leasedTasks":4,"maxAgents":20,"minAgents":0,\
            "objective":{"percentile":95,"waitSeconds":2},"oldestWaitSeconds":1,"quietSeconds":0,"readyAgents":1,\
            "readyTasks":36,"service":{"milliseconds":1000,"variationThousandths":500},\
            "stabilizationSeconds":{"down":60,"up":0},"strategy":"Demand","suspended":false}
            """
        let inputs = try JSON.parse(Array(record.utf8)).decode(ScalingInputs.self)
        #expect(inputs.work == nil)
        let decision = Autoscaler.decide(inputs)
        #expect((decision.from, decision.to, decision.reason) == (1, 4, .moreWork))
    }
}
