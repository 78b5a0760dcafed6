extension PodSpec {
    /// What the pod's containers have of `amounts` together, by resource, in thousandths: the sum over containers and sidecars, or
    /// what one init container alone has where that is more; and the pod's overhead.
    package func milliSums(_ amounts: (ResourceRequirements) -> [String: Quantity]?) -> [String: Int64] {
        func add(_ container: Container, to sum: inout [String: Int64]) {
            for (name, quantity) in container.resources.flatMap(amounts) ?? [:] {
                sum[name, default: 0] += quantity.milliValue
            }
        }
        var most: [String: Int64] = [:]
        for container in containers { add(container, to: &most) }
        var sidecars: [String: Int64] = [:]
        for container in initContainers ?? [] {
            if container.restartPolicy == "Always" {
                add(container, to: &sidecars)
                add(container, to: &most)
            } else {
                var alone = sidecars
                add(container, to: &alone)
                most.merge(alone) { max($0, $1) }
            }
        }
        for (name, quantity) in overhead ?? [:] { most[name, default: 0] += quantity.milliValue }
        return most
    }
}
