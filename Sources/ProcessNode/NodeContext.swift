internal import ControllerRuntime
internal import KubernetesModel
internal import Logging

/// What every pod of the node shares.
struct NodeContext: Sendable {
    var nodeName: String
    var address: String
    /// What the node can give to pods.
    var allocatable: [String: Quantity]
    var api: any NodeAPI
    var driver: any ContainerDriver
    /// Image name → executable.
    var images: [String: String]
    /// What containers find in their environment before their own variables.
    var baseEnvironment: [String: String]
    var directory: NodeDirectory
    var backoff: RestartBackoff
    /// How often a pod's config maps, secrets and tokens are looked at again.
    var volumeRefresh: Duration
    var maxLogBytes: Int
    var time: TimeSource
    var logger: Logger
    /// The Services that pods of a namespace may find in their environment.
    var services: @Sendable (_ namespace: String) -> [Service] = { _ in [] }
    /// The API server's Service, as pods are told of it.
    var apiService: @Sendable () -> Service? = { nil }
    /// Tells people what happens to a pod's container.
    var tell: @Sendable (_ event: PodEvent, _ pod: Pod) -> Void = { _, _ in }

    /// The executable of `image`: as the table names it, with or without a tag.
    func executable(_ image: String) -> String? {
        images[image] ?? images[Self.repository(of: image)]
    }

    /// An image's name without tag and digest; a colon before a slash belongs to a port.
    static func repository(of image: String) -> String {
        let name = image.prefix { $0 != "@" }
        guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return String(name) }
        return String(name[..<colon])
    }
}

/// Where the node keeps what: `pods/UID/containers/NAME/ATTEMPT.log`, `pods/UID/volumes/NAME`, `claims/NAMESPACE/NAME`,
/// `processes/UID-CONTAINER.json`.
struct NodeDirectory: Sendable, Hashable {
    let root: String

    var pods: String { root + "/pods" }
    var processes: String { root + "/processes" }
    /// What a claim stands for: a directory that outlives pods.
    func claim(_ name: String, namespace: String) -> String { "\(root)/claims/\(namespace)/\(name)" }
    func pod(_ uid: String) -> String { "\(pods)/\(uid)" }
    func volumes(_ uid: String) -> String { pod(uid) + "/volumes" }
    func container(_ uid: String, _ name: String) -> String { "\(pod(uid))/containers/\(name)" }
    func log(_ uid: String, _ name: String, attempt: Int) -> String { "\(container(uid, name))/\(attempt).log" }
    func workingDirectory(_ uid: String, _ name: String) -> String { container(uid, name) + "/work" }
    func kubeconfig(_ uid: String, _ name: String) -> String { container(uid, name) + "/kubeconfig" }
    func process(_ uid: String, _ name: String) -> String { "\(processes)/\(uid)-\(name).json" }
}

/// Something that happened to a pod or one of its containers, as people see it among the events.
struct PodEvent: Sendable, Hashable {
    var isWarning = false
    var reason: String
    var note: String
    var container: String?
}
