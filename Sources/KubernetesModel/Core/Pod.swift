public import StructuredData

/// Containers that run together on one node.
public struct Pod: KubernetesResource {
    public static let resource = ResourceType(
        group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true)

    public private(set) var apiVersion = APIVersionField<Pod>()
    public private(set) var kind = KindField<Pod>()
    public var metadata: ObjectMeta
    public var spec: PodSpec
    public var status: PodStatus?

    public init(metadata: ObjectMeta, spec: PodSpec, status: PodStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// The pod that a controller makes copies of.
public struct PodTemplateSpec: Codable, Sendable, Hashable {
    public var metadata: ObjectMeta?
    public var spec: PodSpec?

    public init(metadata: ObjectMeta? = nil, spec: PodSpec? = nil) {
        self.metadata = metadata
        self.spec = spec
    }
}

public struct PodSpec: Codable, Sendable, Hashable {
    public var volumes: [Volume]?
    public var initContainers: [Container]?
    public var containers: [Container]
    public var ephemeralContainers: JSON?
    /// `Always`, `OnFailure` or `Never`.
    public var restartPolicy: String?
    /// How long the processes may take to end once asked to.
    public var terminationGracePeriodSeconds: Int?
    public var activeDeadlineSeconds: Int?
    public var dnsPolicy: String?
    public var nodeSelector: [String: String]?
    public var serviceAccountName: String?
    /// The former name of `serviceAccountName`; the server keeps both equal.
    public var serviceAccount: String?
    public var automountServiceAccountToken: Bool?
    /// The node that the pod is bound to.
    public var nodeName: String?
    public var hostNetwork: Bool?
    public var hostPID: Bool?
    public var hostIPC: Bool?
    public var shareProcessNamespace: Bool?
    public var securityContext: JSON?
    public var imagePullSecrets: [LocalObjectReference]?
    public var hostname: String?
    public var subdomain: String?
    public var affinity: JSON?
    public var schedulerName: String?
    public var tolerations: [Toleration]?
    public var hostAliases: JSON?
    public var priorityClassName: String?
    public var priority: Int?
    public var preemptionPolicy: String?
    public var dnsConfig: JSON?
    public var readinessGates: JSON?
    public var runtimeClassName: String?
    public var enableServiceLinks: Bool?
    public var overhead: [String: Quantity]?
    public var topologySpreadConstraints: JSON?
    public var setHostnameAsFQDN: Bool?
    public var os: JSON?
    public var hostUsers: Bool?
    public var schedulingGates: JSON?
    public var resourceClaims: JSON?
    public var resources: ResourceRequirements?

    public init(
        volumes: [Volume]? = nil,
        initContainers: [Container]? = nil,
        containers: [Container],
        ephemeralContainers: JSON? = nil,
        restartPolicy: String? = nil,
        terminationGracePeriodSeconds: Int? = nil,
        activeDeadlineSeconds: Int? = nil,
        dnsPolicy: String? = nil,
        nodeSelector: [String: String]? = nil,
        serviceAccountName: String? = nil,
        serviceAccount: String? = nil,
        automountServiceAccountToken: Bool? = nil,
        nodeName: String? = nil,
        hostNetwork: Bool? = nil,
        hostPID: Bool? = nil,
        hostIPC: Bool? = nil,
        shareProcessNamespace: Bool? = nil,
        securityContext: JSON? = nil,
        imagePullSecrets: [LocalObjectReference]? = nil,
        hostname: String? = nil,
        subdomain: String? = nil,
        affinity: JSON? = nil,
        schedulerName: String? = nil,
        tolerations: [Toleration]? = nil,
        hostAliases: JSON? = nil,
        priorityClassName: String? = nil,
        priority: Int? = nil,
        preemptionPolicy: String? = nil,
        dnsConfig: JSON? = nil,
        readinessGates: JSON? = nil,
        runtimeClassName: String? = nil,
        enableServiceLinks: Bool? = nil,
        overhead: [String: Quantity]? = nil,
        topologySpreadConstraints: JSON? = nil,
        setHostnameAsFQDN: Bool? = nil,
        os: JSON? = nil,
        hostUsers: Bool? = nil,
        schedulingGates: JSON? = nil,
        resourceClaims: JSON? = nil,
        resources: ResourceRequirements? = nil
    ) {
        self.volumes = volumes
        self.initContainers = initContainers
        self.containers = containers
        self.ephemeralContainers = ephemeralContainers
        self.restartPolicy = restartPolicy
        self.terminationGracePeriodSeconds = terminationGracePeriodSeconds
        self.activeDeadlineSeconds = activeDeadlineSeconds
        self.dnsPolicy = dnsPolicy
        self.nodeSelector = nodeSelector
        self.serviceAccountName = serviceAccountName
        self.serviceAccount = serviceAccount
        self.automountServiceAccountToken = automountServiceAccountToken
        self.nodeName = nodeName
        self.hostNetwork = hostNetwork
        self.hostPID = hostPID
        self.hostIPC = hostIPC
        self.shareProcessNamespace = shareProcessNamespace
        self.securityContext = securityContext
        self.imagePullSecrets = imagePullSecrets
        self.hostname = hostname
        self.subdomain = subdomain
        self.affinity = affinity
        self.schedulerName = schedulerName
        self.tolerations = tolerations
        self.hostAliases = hostAliases
        self.priorityClassName = priorityClassName
        self.priority = priority
        self.preemptionPolicy = preemptionPolicy
        self.dnsConfig = dnsConfig
        self.readinessGates = readinessGates
        self.runtimeClassName = runtimeClassName
        self.enableServiceLinks = enableServiceLinks
        self.overhead = overhead
        self.topologySpreadConstraints = topologySpreadConstraints
        self.setHostnameAsFQDN = setHostnameAsFQDN
        self.os = os
        self.hostUsers = hostUsers
        self.schedulingGates = schedulingGates
        self.resourceClaims = resourceClaims
        self.resources = resources
    }
}

/// Lets a pod onto nodes with a matching taint.
public struct Toleration: Codable, Sendable, Hashable {
    public var key: String?
    /// `Exists` or `Equal`.
    public var `operator`: String?
    public var value: String?
    public var effect: String?
    public var tolerationSeconds: Int?

    public init(
        key: String? = nil,
        operator: String? = nil,
        value: String? = nil,
        effect: String? = nil,
        tolerationSeconds: Int? = nil
    ) {
        self.key = key
        self.operator = `operator`
        self.value = value
        self.effect = effect
        self.tolerationSeconds = tolerationSeconds
    }
}
