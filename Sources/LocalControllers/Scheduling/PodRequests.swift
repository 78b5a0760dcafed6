import KubernetesModel

/// What a pod asks of a node, by resource, in thousandths. Pure.
struct PodRequests: Sendable, Hashable {
    private(set) var milli: [String: Int64] = [:]

    init() {}

    init(_ pod: Pod) { milli = pod.spec.milliSums(\.requests).filter { $0.value > 0 } }

    static func += (left: inout PodRequests, right: PodRequests) {
        left.milli.merge(right.milli) { $0 + $1 }
    }

    static func -= (left: inout PodRequests, right: PodRequests) {
        for (name, amount) in right.milli {
            let rest = (left.milli[name] ?? 0) - amount
            left.milli[name] = rest == 0 ? nil : rest
        }
    }
}
