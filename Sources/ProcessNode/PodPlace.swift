internal import KubernetesModel

/// What a pod may learn of where it runs.
struct PodPlace: Sendable {
    var podIP: String
    var hostIP: String
    /// What the node can give; stands for limits that a container does not name.
    var allocatable: [String: Quantity] = [:]
}

/// A container's resource as a number, as the downward API gives it. Pure.
enum ResourceField {
    /// - Throws: `ProcessNodeError` where the field is not one of those that pods can see.
    static func value(
        _ selector: ResourceFieldSelector, of pod: Pod, container: String?, place: PodPlace
    ) throws -> String {
        let name = selector.containerName ?? container ?? ""
        let containers = pod.spec.containers + (pod.spec.initContainers ?? [])
        guard let container = containers.first(where: { $0.name == name }) else {
            throw ProcessNodeError(
                .containerConfiguration, "resourceFieldRef names container \"\(name)\", which the pod does not have")
        }
        let parts = selector.resource.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, ["limits", "requests"].contains(parts[0]) else {
            throw ProcessNodeError(
                .containerConfiguration,
                "resourceFieldRef.resource \"\(selector.resource)\" must be limits.NAME or requests.NAME")
        }
        let limit = container.resources?.limits?[parts[1]]
        let quantity =
            parts[0] == "limits"
            ? limit ?? place.allocatable[parts[1]] : container.resources?.requests?[parts[1]] ?? limit
        // Rounded up to whole divisors, as everywhere.
        let divisor = selector.divisor.flatMap { $0.isZero ? nil : $0 } ?? Quantity(1)
        let (value, unit) = (quantity?.milliValue ?? 0, divisor.milliValue)
        return String((value + unit - 1) / unit)
    }
}
