/// The messages of the kinds that typed clients write, with the field numbers of the Kubernetes API's generated.proto files.
enum ProtobufMessages {
    static let table = ProtobufTable([meta, core, pods, others])

    /// The message of a kind.
    static func message(apiVersion: String, kind: String) -> String? {
        if kind == "Event" { return apiVersion == "v1" ? "CoreEvent" : "Event" }
        return kinds.contains(kind) ? kind : nil
    }

    private static let kinds: Set<String> = [
        "Namespace", "ConfigMap", "Secret", "ServiceAccount", "Service", "Pod", "Deployment", "Job", "Lease",
        "DeleteOptions", "TokenRequest", "TokenReview", "SelfSubjectAccessReview", "SubjectAccessReview",
        "SelfSubjectReview", "Eviction", "Binding", "Scale", "Role", "ClusterRole", "RoleBinding",
        "ClusterRoleBinding", "PodDisruptionBudget", "PriorityClass", "ResourceQuota", "HorizontalPodAutoscaler",
    ]

    private static let meta = """
        message ObjectMeta
        1 name string
        2 generateName string
        3 namespace string
        4 selfLink string
        5 uid string
        6 resourceVersion string
        7 generation int
        8 creationTimestamp time
        9 deletionTimestamp time
        10 deletionGracePeriodSeconds int *
        11 labels map[string]
        12 annotations map[string]
        13 ownerReferences []OwnerReference
        14 finalizers []string
        17 managedFields []ManagedFieldsEntry
        message OwnerReference
        1 kind string
        3 name string
        4 uid string
        5 apiVersion string
        6 controller bool *
        7 blockOwnerDeletion bool *
        message ManagedFieldsEntry
        1 manager string
        2 operation string
        3 apiVersion string
        4 time time
        6 fieldsType string
        7 fieldsV1 fields
        8 subresource string
        message LabelSelector
        1 matchLabels map[string]
        2 matchExpressions []LabelSelectorRequirement
        message LabelSelectorRequirement
        1 key string
        2 operator string
        3 values []string
        message ObjectReference
        1 kind string
        2 namespace string
        3 name string
        4 uid string
        5 apiVersion string
        6 resourceVersion string
        7 fieldPath string
        message LocalObjectReference
        1 name string
        message DeleteOptions
        1 gracePeriodSeconds int *
        2 preconditions Preconditions
        3 orphanDependents bool *
        4 propagationPolicy string
        5 dryRun []string
        message Preconditions
        1 uid string
        2 resourceVersion string
        """

    private static let core = """
        message Namespace
        1 metadata ObjectMeta
        2 spec NamespaceSpec
        3 status NamespaceStatus
        message NamespaceSpec
        1 finalizers []string
        message NamespaceStatus
        1 phase string
        message ConfigMap
        1 metadata ObjectMeta
        2 data map[string]
        3 binaryData map[bytes]
        4 immutable bool *
        message Secret
        1 metadata ObjectMeta
        2 data map[bytes]
        3 type string
        4 stringData map[string]
        5 immutable bool *
        message ServiceAccount
        1 metadata ObjectMeta
        2 secrets []ObjectReference
        3 imagePullSecrets []LocalObjectReference
        4 automountServiceAccountToken bool *
        message Service
        1 metadata ObjectMeta
        2 spec ServiceSpec
        message ServiceSpec
        1 ports []ServicePort
        2 selector map[string]
        3 clusterIP string
        4 type string
        5 externalIPs []string
        7 sessionAffinity string
        10 externalName string
        18 clusterIPs []string
        message ServicePort
        1 name string
        2 protocol string
        3 port int
        4 targetPort intstr
        5 nodePort int
        6 appProtocol string
        message CoreEvent
        1 metadata ObjectMeta
        2 involvedObject ObjectReference
        3 reason string
        4 message string
        5 source EventSource
        6 firstTimestamp time
        7 lastTimestamp time
        8 count int
        9 type string
        10 eventTime microtime
        11 series CoreEventSeries
        12 action string
        13 related ObjectReference
        14 reportingComponent string
        15 reportingInstance string
        message EventSource
        1 component string
        2 host string
        message CoreEventSeries
        1 count int
        2 lastObservedTime microtime
        message Binding
        1 metadata ObjectMeta
        2 target ObjectReference
        """

    private static let pods = """
        message Pod
        1 metadata ObjectMeta
        2 spec PodSpec
        message PodTemplateSpec
        1 metadata ObjectMeta
        2 spec PodSpec
        message PodSpec
        1 volumes []Volume
        2 containers []Container
        3 restartPolicy string
        4 terminationGracePeriodSeconds int *
        5 activeDeadlineSeconds int *
        6 dnsPolicy string
        7 nodeSelector map[string]
        8 serviceAccountName string
        9 serviceAccount string
        10 nodeName string
        11 hostNetwork bool
        12 hostPID bool
        13 hostIPC bool
        15 imagePullSecrets []LocalObjectReference
        16 hostname string
        17 subdomain string
        19 schedulerName string
        20 initContainers []Container
        21 automountServiceAccountToken bool *
        22 tolerations []Toleration
        24 priorityClassName string
        25 priority int *
        30 enableServiceLinks bool *
        31 preemptionPolicy string
        message Toleration
        1 key string
        2 operator string
        3 value string
        4 effect string
        5 tolerationSeconds int *
        message Container
        1 name string
        2 image string
        3 command []string
        4 args []string
        5 workingDir string
        6 ports []ContainerPort
        7 env []EnvVar
        8 resources ResourceRequirements
        9 volumeMounts []VolumeMount
        13 terminationMessagePath string
        14 imagePullPolicy string
        16 stdin bool
        17 stdinOnce bool
        18 tty bool
        19 envFrom []EnvFromSource
        20 terminationMessagePolicy string
        message ContainerPort
        1 name string
        2 hostPort int
        3 containerPort int
        4 protocol string
        5 hostIP string
        message EnvVar
        1 name string
        2 value string
        3 valueFrom EnvVarSource
        message EnvVarSource
        1 fieldRef ObjectFieldSelector
        3 configMapKeyRef KeySelector
        4 secretKeyRef KeySelector
        message ObjectFieldSelector
        1 apiVersion string
        2 fieldPath string
        message KeySelector
        1 - &LocalObjectReference
        2 key string
        3 optional bool *
        message EnvFromSource
        1 prefix string
        2 configMapRef OptionalReference
        3 secretRef OptionalReference
        message OptionalReference
        1 - &LocalObjectReference
        2 optional bool *
        message ResourceRequirements
        1 limits map[quantity]
        2 requests map[quantity]
        message VolumeMount
        1 name string
        2 readOnly bool
        3 mountPath string
        4 subPath string
        message Volume
        1 name string
        """

    private static let others = """
        message Deployment
        1 metadata ObjectMeta
        2 spec DeploymentSpec
        message DeploymentSpec
        1 replicas int *
        2 selector LabelSelector
        3 template PodTemplateSpec
        4 strategy DeploymentStrategy
        5 minReadySeconds int
        6 revisionHistoryLimit int *
        7 paused bool
        9 progressDeadlineSeconds int *
        message DeploymentStrategy
        1 type string
        2 rollingUpdate RollingUpdate
        message RollingUpdate
        1 maxUnavailable intstr
        2 maxSurge intstr
        message Job
        1 metadata ObjectMeta
        2 spec JobSpec
        message JobSpec
        1 parallelism int *
        2 completions int *
        3 activeDeadlineSeconds int *
        4 selector LabelSelector
        5 manualSelector bool *
        6 template PodTemplateSpec
        7 backoffLimit int *
        8 ttlSecondsAfterFinished int *
        9 completionMode string
        10 suspend bool *
        message Scale
        1 metadata ObjectMeta
        2 spec ScaleSpec
        message ScaleSpec
        1 replicas int
        message Lease
        1 metadata ObjectMeta
        2 spec LeaseSpec
        message LeaseSpec
        1 holderIdentity string *
        2 leaseDurationSeconds int *
        3 acquireTime microtime
        4 renewTime microtime
        5 leaseTransitions int *
        message Event
        1 metadata ObjectMeta
        2 eventTime microtime
        3 series CoreEventSeries
        4 reportingController string
        5 reportingInstance string
        6 action string
        7 reason string
        8 regarding ObjectReference
        9 related ObjectReference
        10 note string
        11 type string
        12 deprecatedSource EventSource
        13 deprecatedFirstTimestamp time
        14 deprecatedLastTimestamp time
        15 deprecatedCount int
        message TokenRequest
        1 metadata ObjectMeta
        2 spec TokenRequestSpec
        message TokenRequestSpec
        1 audiences []string
        3 boundObjectRef BoundObjectReference
        4 expirationSeconds int *
        message BoundObjectReference
        1 kind string
        2 apiVersion string
        3 name string
        4 uid string
        message TokenReview
        1 metadata ObjectMeta
        2 spec TokenReviewSpec
        message TokenReviewSpec
        1 token string
        2 audiences []string
        message SelfSubjectReview
        1 metadata ObjectMeta
        message SelfSubjectAccessReview
        1 metadata ObjectMeta
        2 spec AccessReviewSpec
        message SubjectAccessReview
        1 metadata ObjectMeta
        2 spec AccessReviewSpec
        message AccessReviewSpec
        1 resourceAttributes ResourceAttributes
        2 nonResourceAttributes NonResourceAttributes
        3 user string
        4 groups []string
        6 uid string
        message ResourceAttributes
        1 namespace string
        2 verb string
        3 group string
        4 version string
        5 resource string
        6 subresource string
        7 name string
        message NonResourceAttributes
        1 path string
        2 verb string
        message Eviction
        1 metadata ObjectMeta
        2 deleteOptions DeleteOptions
        message Role
        1 metadata ObjectMeta
        2 rules []PolicyRule
        message ClusterRole
        1 metadata ObjectMeta
        2 rules []PolicyRule
        message PolicyRule
        1 verbs []string
        2 apiGroups []string
        3 resources []string
        4 resourceNames []string
        5 nonResourceURLs []string
        message RoleBinding
        1 metadata ObjectMeta
        2 subjects []Subject
        3 roleRef RoleRef
        message ClusterRoleBinding
        1 metadata ObjectMeta
        2 subjects []Subject
        3 roleRef RoleRef
        message Subject
        1 kind string
        2 apiGroup string
        3 name string
        4 namespace string
        message RoleRef
        1 apiGroup string
        2 kind string
        3 name string
        message PodDisruptionBudget
        1 metadata ObjectMeta
        2 spec PodDisruptionBudgetSpec
        message PodDisruptionBudgetSpec
        1 minAvailable intstr
        2 selector LabelSelector
        3 maxUnavailable intstr
        message PriorityClass
        1 metadata ObjectMeta
        2 value int
        3 globalDefault bool
        4 description string
        5 preemptionPolicy string
        message ResourceQuota
        1 metadata ObjectMeta
        2 spec ResourceQuotaSpec
        message ResourceQuotaSpec
        1 hard map[quantity]
        2 scopes []string
        3 scopeSelector ScopeSelector
        message ScopeSelector
        1 matchExpressions []ScopeRequirement
        message ScopeRequirement
        1 scopeName string
        2 operator string
        3 values []string
        message HorizontalPodAutoscaler
        1 metadata ObjectMeta
        2 spec HorizontalPodAutoscalerSpec
        message HorizontalPodAutoscalerSpec
        1 scaleTargetRef ScaleTargetReference
        2 minReplicas int *
        3 maxReplicas int
        4 metrics []MetricSpec
        message ScaleTargetReference
        1 kind string
        2 name string
        3 apiVersion string
        message MetricSpec
        1 type string
        4 resource ResourceMetricSource
        message ResourceMetricSource
        1 name string
        2 target MetricTarget
        message MetricTarget
        1 type string
        2 value quantity
        3 averageValue quantity
        4 averageUtilization int *
        """
}
