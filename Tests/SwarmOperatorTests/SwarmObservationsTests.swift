import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import SwarmScaling
import TaskQueue
import Testing

@Suite struct SwarmObservationsTests {
    private let key = ObjectKey(namespace: "team", name: "argus")
    private let observations = SwarmObservations(start: StoreTime(milliseconds: 0))

    private func change(_ kind: Change.Kind, _ task: String, at milliseconds: Int64, swarm: String = "argus") -> Change
    {
        Change(
            cursor: milliseconds, time: StoreTime(milliseconds: milliseconds), kind: kind, namespace: "team",
            swarm: swarm, task: TaskID(task))
    }

    private func figures(
        at milliseconds: Int64, arrivalsLastMinute: Int = 0, held: Int = 0, serviceMilliseconds: Int64? = nil
    ) -> SwarmObservations.Figures {
        observations.figures(
            for: key,
            QueueSummary(
                namespace: "team", swarm: "argus", time: StoreTime(milliseconds: milliseconds), held: held,
                arrivalsLastMinute: arrivalsLastMinute, serviceMilliseconds: serviceMilliseconds))
    }

    @Test func `The change feed tells arrivals and service times, of each attempt and each swarm apart`() {
        for task in 0..<12 {
            let start = Int64(100_000 + task * 100)
            observations.note([
                change(.submitted, "t\(task)", at: start), change(.ready, "t\(task)", at: start),
                change(.leased, "t\(task)", at: start + 1000),
                // Every other one is tried again.
                change(task % 2 == 0 ? .finished : .ready, "t\(task)", at: start + 3000),
                change(.ready, "x\(task)", at: start, swarm: "other"),
            ])
        }
        let figures = figures(at: 110_000, arrivalsLastMinute: 99, serviceMilliseconds: 7)
        #expect(figures.arrivals.slow.count == 18)
        #expect(figures.service == ServiceTime(milliseconds: 2000, variationThousandths: 0))
    }

    @Test func `The change feed tells how long each type and size of input takes, and how much of it there is`() throws
    {
        func note(_ kind: Change.Kind, _ task: String, _ type: String, bytes: Int, at milliseconds: Int64) {
            var change = change(kind, task, at: milliseconds)
            change.work = Change.WorkKind(type: type, inputBytes: bytes)
            observations.note([change])
        }
        for task in 0..<50 {
            let start = Int64(100_000 + task * 100)
            for (type, bytes, milliseconds) in [("quick", 10, 100), ("slow", 10, 5000), ("slow", 50_000, 20_000)] {
                let name = "\(type) \(bytes) \(task)"
                note(.ready, name, type, bytes: bytes, at: start)
                note(.leased, name, type, bytes: bytes, at: start)
                note(.finished, name, type, bytes: bytes, at: start + Int64(milliseconds))
            }
        }
        note(.ready, "waits", "slow", bytes: 50_000, at: 130_000)
        let work = try #require(figures(at: 130_000).work)
        func part(_ type: String, _ bytes: Int) throws -> WorkMix.Part {
            try #require(work.parts.first { $0.of == WorkClass(type: type, inputBytes: bytes) })
        }
        #expect(try part("quick", 10).milliseconds < 1000)
        #expect((4500...6000).contains(try part("slow", 10).milliseconds))
        #expect((18_000...20_000).contains(try part("slow", 50_000).milliseconds))
        #expect(try part("slow", 50_000).ready == 0, "the summary says that none is")
        observations.loseTrack()
        #expect(figures(at: 130_000).work != nil, "what was learned stays")
    }

    @Test func `Until the operator has seen enough, the store's figures stand in`() {
        let figures = figures(at: 20_000, arrivalsLastMinute: 50, held: 20, serviceMilliseconds: 1234)
        #expect(figures.arrivals.slow.count == 30)
        #expect(figures.service == ServiceTime(milliseconds: 1234))
        #expect(figures.start == nil && figures.memory == nil)
    }

    @Test func `The pods tell how long agents take to start`() throws {
        func pod(_ uid: String, ready: Bool) throws -> Pod {
            try
                ([
                    "apiVersion": "v1", "kind": "Pod",
                    "metadata": [
                        "name": .string(uid), "namespace": "team", "uid": .string(uid),
                        "labels": [SwarmNames.swarmLabel: "argus"],
                    ], "spec": ["containers": []],
                    "status": ["conditions": [["type": "Ready", "status": ready ? "True" : "False"]]],
                ] as JSON).decode(Pod.self)
        }
        func note(_ uid: String, ready: Bool, isGone: Bool = false, at milliseconds: Int64) throws {
            observations.note(
                try pod(uid, ready: ready), isGone: isGone, at: StoreTime(milliseconds: milliseconds))
        }
        try note("a", ready: false, at: 1000)
        try note("b", ready: false, at: 2000)
        try note("a", ready: true, at: 4000)
        #expect(figures(at: 5000).start == AgentStart(milliseconds: 3000, startingMilliseconds: 3000))
        try note("b", ready: false, isGone: true, at: 5000)
        #expect(figures(at: 5000).start == AgentStart(milliseconds: 3000))
    }

    @Test func `What a decision leaves is older by the time of the next one, and goes with the swarm`() {
        _ = figures(at: 0)
        observations.remember(ScalingMemory(standing: 3), for: key, at: StoreTime(milliseconds: 1000))
        #expect(figures(at: 3500).memory == ScalingMemory(standing: 3).aged(by: 2500))
        observations.forget(key)
        #expect(figures(at: 3500).memory == nil)
    }
}
