internal import StructuredData

/// A kubeconfig of a pod's service account, for a container that mounts the account's token.
///
/// Programs in a pod know the token's path by heart, and nothing can be mounted there for a process (see `MountedPaths`). The file
/// that `KUBECONFIG` names is read by most of them first, and it leads to the token where that really is. Without it they would
/// find the kubeconfig of whoever runs the node.
struct PodKubeconfig: Sendable, Hashable {
    /// Names the file to a container, unless the pod says otherwise.
    static let variable = "KUBECONFIG"
    /// Where the token, the authorities and the namespace are mounted.
    static let mountPath = "/var/run/secrets/kubernetes.io/serviceaccount"

    var path: String
    var text: String

    /// - Parameters:
    ///   - path: where the file is to be.
    ///   - account: the directory that is mounted at `mountPath`.
    ///   - environment: the container's, which says where the API server is; `nil` where it does not.
    init?(path: String, account: String, namespace: String, environment: [String: String]) {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], let port = environment["KUBERNETES_SERVICE_PORT"]
        else {
            return nil
        }
        let authority = host.contains(":") ? "[\(host)]" : host
        let configuration: JSON = [
            "apiVersion": "v1", "kind": "Config", "current-context": "pod",
            "clusters": [
                [
                    "name": "cluster",
                    "cluster": [
                        "server": .string("https://\(authority):\(port)"),
                        "certificate-authority": .string("\(account)/ca.crt"),
                    ],
                ]
            ],
            "users": [["name": "serviceaccount", "user": ["tokenFile": .string("\(account)/token")]]],
            "contexts": [
                [
                    "name": "pod",
                    "context": ["cluster": "cluster", "user": "serviceaccount", "namespace": .string(namespace)],
                ]
            ],
        ]
        self.path = path
        text = YAML.serialize(configuration)
    }
}
