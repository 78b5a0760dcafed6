import KubernetesModel

/// The taints that follow from a node's conditions. Pure.
enum ConditionTaints {
    static let notReady = "node.kubernetes.io/not-ready"
    static let unreachable = "node.kubernetes.io/unreachable"
    static let unschedulable = "node.kubernetes.io/unschedulable"
    /// What a node is tainted with that is not ready, or not heard of.
    static let troubles: Set = [notReady, unreachable]
    private static let pressures = [
        "MemoryPressure": "node.kubernetes.io/memory-pressure", "DiskPressure": "node.kubernetes.io/disk-pressure",
        "PIDPressure": "node.kubernetes.io/pid-pressure",
    ]

    /// What the node is too much in trouble for; `nil`: it is ready.
    static func trouble(of node: Node) -> String? {
        switch node.readyCondition?.status {
        case "True": nil
        case "Unknown": unreachable
        default: notReady
        }
    }

    /// The node's taints as they should be; those of others stay. `nil`: as they are.
    static func taints(of node: Node, now: String) -> [Taint]? {
        var wanted: [Taint] = []
        if let key = trouble(of: node) {
            wanted += [Taint(key: key, effect: "NoSchedule"), Taint(key: key, effect: "NoExecute")]
        }
        if node.spec?.unschedulable == true { wanted.append(Taint(key: unschedulable, effect: "NoSchedule")) }
        for condition in node.status?.conditions ?? [] where condition.status == "True" {
            if let key = pressures[condition.type] { wanted.append(Taint(key: key, effect: "NoSchedule")) }
        }
        let own = Set([notReady, unreachable, unschedulable]).union(pressures.values)
        let present = node.spec?.taints ?? []
        var taints = present.filter { taint in
            !own.contains(taint.key) || wanted.contains { $0.key == taint.key && $0.effect == taint.effect }
        }
        for var taint in wanted where !present.contains(where: { $0.key == taint.key && $0.effect == taint.effect }) {
            taint.timeAdded = now
            taints.append(taint)
        }
        return taints == present ? nil : taints
    }
}

/// When a pod must leave its node. Pure.
enum TaintEviction: Sendable, Hashable {
    case never
    case after(seconds: Int64)

    /// - Parameters:
    ///   - now: seconds since 1970; taints carry the time at which they were set.
    ///   - troubleLimit: for how many seconds a pod stays at most on a node in trouble, however much longer it would. One that
    ///     would stay for ever, does.
    init(_ pod: Pod, on node: Node, now: Int64, troubleLimit: Int64? = nil) {
        var earliest: Int64?
        for taint in node.spec?.taints ?? [] where taint.effect == "NoExecute" {
            guard let toleration = (pod.spec.tolerations ?? []).first(where: { $0.tolerates(taint) }) else {
                earliest = 0
                break
            }
            guard var seconds = toleration.tolerationSeconds.map(Int64.init) else { continue }
            if let troubleLimit, ConditionTaints.troubles.contains(taint.key) { seconds = min(seconds, troubleLimit) }
            let since = taint.timeAdded.flatMap(Timestamp.seconds) ?? now
            let rest = max(since + max(seconds, 0) - now, 0)
            earliest = min(earliest ?? rest, rest)
        }
        self = earliest.map { .after(seconds: $0) } ?? .never
    }
}
