public import StructuredData

/// How many of some pods may be disrupted at once.
public struct PodDisruptionBudget: KubernetesResource {
    public static let resource = ResourceType(
        group: "policy", version: "v1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets", namespaced: true)

    public private(set) var apiVersion = APIVersionField<PodDisruptionBudget>()
    public private(set) var kind = KindField<PodDisruptionBudget>()
    public var metadata: ObjectMeta
    public var spec: PodDisruptionBudgetSpec
    public var status: PodDisruptionBudgetStatus?

    public init(metadata: ObjectMeta, spec: PodDisruptionBudgetSpec, status: PodDisruptionBudgetStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

public struct PodDisruptionBudgetSpec: Codable, Sendable, Hashable {
    public var minAvailable: IntOrString?
    public var selector: LabelSelector?
    public var maxUnavailable: IntOrString?
    public var unhealthyPodEvictionPolicy: String?

    public init(
        minAvailable: IntOrString? = nil,
        selector: LabelSelector? = nil,
        maxUnavailable: IntOrString? = nil,
        unhealthyPodEvictionPolicy: String? = nil
    ) {
        self.minAvailable = minAvailable
        self.selector = selector
        self.maxUnavailable = maxUnavailable
        self.unhealthyPodEvictionPolicy = unhealthyPodEvictionPolicy
    }
}

public struct PodDisruptionBudgetStatus: Codable, Sendable, Hashable {
    public var observedGeneration: Int64?
    public var disruptedPods: [String: String]?
    public var disruptionsAllowed: Int?
    public var currentHealthy: Int?
    public var desiredHealthy: Int?
    public var expectedPods: Int?
    public var conditions: [Condition]?

    public init(
        observedGeneration: Int64? = nil,
        disruptedPods: [String: String]? = nil,
        disruptionsAllowed: Int? = nil,
        currentHealthy: Int? = nil,
        desiredHealthy: Int? = nil,
        expectedPods: Int? = nil,
        conditions: [Condition]? = nil
    ) {
        self.observedGeneration = observedGeneration
        self.disruptedPods = disruptedPods
        self.disruptionsAllowed = disruptionsAllowed
        self.currentHealthy = currentHealthy
        self.desiredHealthy = desiredHealthy
        self.expectedPods = expectedPods
        self.conditions = conditions
    }
}

/// A request to delete a pod if its disruption budgets allow it; posted to the pod's `eviction` subresource.
public struct Eviction: KubernetesResource {
    public static let resource = ResourceType(
        group: "policy", version: "v1", kind: "Eviction", plural: "evictions", namespaced: true)

    public private(set) var apiVersion = APIVersionField<Eviction>()
    public private(set) var kind = KindField<Eviction>()
    public var metadata: ObjectMeta
    public var deleteOptions: JSON?

    public init(metadata: ObjectMeta, deleteOptions: JSON? = nil) {
        self.metadata = metadata
        self.deleteOptions = deleteOptions
    }
}
