import KubernetesModel

/// What a pod asks of a node, by resource, in thousandths. Pure.
struct PodRequests: Sendable, Hashable {
    private(set) var milli: [String: Int64] = [:]

    init() {}

    /// The sum over containers and sidecars, or what one init container alone asks for where that is more.
    init(_ pod: Pod) {
        var running: [String: Int64] = [:]
        for container in pod.spec.containers { Self.add(container, to: &running) }
        var most = running
        var sidecars: [String: Int64] = [:]
        for container in pod.spec.initContainers ?? [] {
            if container.restartPolicy == "Always" {
                Self.add(container, to: &sidecars)
                Self.add(container, to: &most)
            } else {
                var alone = sidecars
                Self.add(container, to: &alone)
                most.merge(alone) { max($0, $1) }
            }
        }
        for (name, quantity) in pod.spec.overhead ?? [:] { most[name, default: 0] += quantity.milliValue }
        milli = most.filter { $0.value > 0 }
    }

    private static func add(_ container: Container, to sum: inout [String: Int64]) {
        for (name, quantity) in container.resources?.requests ?? [:] { sum[name, default: 0] += quantity.milliValue }
    }

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
