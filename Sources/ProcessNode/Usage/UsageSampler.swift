internal import ControllerRuntime
internal import KubernetesModel
internal import StructuredData
private import Synchronization

/// Measures what the node's containers use, in the shape of a kubelet's `/stats/summary`.
///
/// A container is its process group: what leaves the group is not counted. Use of the processor is averaged over the time
/// between two samples; a container that was not yet there at the first has none.
final class UsageSampler: Sendable {
    static let interval = Duration.seconds(10)
    /// Samples closer than this say little.
    static let shortestWindow = Duration.seconds(1)

    private struct Sample {
        var at: Duration
        var groups: [Int32: ProcessUsage]
    }

    private struct State {
        /// The last two that are `shortestWindow` apart.
        var past: [Sample] = []
        var current: Sample?
    }

    private let nodeName: String
    private let time: TimeSource
    private let containers: @Sendable () -> [PodManager.RunningContainer]
    private let state = Mutex(State())

    init(
        nodeName: String, time: TimeSource, containers: @escaping @Sendable () -> [PodManager.RunningContainer]
    ) {
        self.nodeName = nodeName
        self.time = time
        self.containers = containers
    }

    /// Takes samples until cancelled.
    func run() async {
        while !Task.isCancelled {
            await sample()
            try? await time.sleep(for: Self.interval)
        }
    }

    private func sample() async {
        guard let groups = try? await Blocking.run({ ProcessUsage.read() }) else { return }
        let sample = Sample(at: time.now, groups: groups)
        state.withLock { state in
            state.current = sample
            // Questions may follow each other closely; what they are compared with must not be as close.
            guard state.past.last.map({ sample.at - $0.at >= Self.shortestWindow }) ?? true else { return }
            state.past = Array((state.past + [sample]).suffix(2))
        }
    }

    private func stats(_ now: String, _ usage: ProcessUsage, before: ProcessUsage?, window: Duration) -> JSON {
        var cpu: JSON = ["time": .string(now), "usageCoreNanoSeconds": JSON(Int(usage.cpuNanoseconds))]
        if let before, window > .zero {
            let seconds = Double(window.components.seconds) + Double(window.components.attoseconds) / 1e18
            let rate = Double(max(usage.cpuNanoseconds - before.cpuNanoseconds, 0)) / seconds
            cpu["usageNanoCores"] = JSON(Int(rate))
        }
        return [
            "cpu": cpu,
            "memory": [
                "time": .string(now), "workingSetBytes": JSON(Int(usage.residentBytes)),
                "rssBytes": JSON(Int(usage.residentBytes)),
            ],
        ]
    }
}

extension UsageSampler: SummarySource {
    func summary() async -> [UInt8] {
        await sample()
        let (past, current) = state.withLock { ($0.past, $0.current) }
        guard let last = current else { return JSON.object([:]).serialized() }
        let before = past.first.flatMap { last.at > $0.at ? $0 : nil }
        let window = before.map { last.at - $0.at } ?? .zero
        let now = WallTime.timestamp()
        var pods: [String: JSON] = [:]
        for container in containers() {
            guard let usage = last.groups[container.process], let uid = container.pod.metadata.uid else { continue }
            var stats = stats(now, usage, before: before?.groups[container.process], window: window)
            stats["name"] = .string(container.container)
            var pod =
                pods[uid] ?? [
                    "podRef": [
                        "name": .string(container.pod.metadata.name ?? ""),
                        "namespace": .string(container.pod.metadata.namespace ?? ""), "uid": .string(uid),
                    ], "containers": [],
                ]
            pod["containers"] = .array((pod["containers"]?.arrayValue ?? []) + [stats])
            pods[uid] = pod
        }
        let all = last.groups.values.reduce(ProcessUsage(), +)
        let allBefore = before?.groups.values.reduce(ProcessUsage(), +)
        var node = stats(now, all, before: allBefore, window: window)
        node["nodeName"] = .string(nodeName)
        let summary: JSON = ["node": node, "pods": .array(pods.sorted { $0.key < $1.key }.map(\.value))]
        return summary.serialized()
    }
}
