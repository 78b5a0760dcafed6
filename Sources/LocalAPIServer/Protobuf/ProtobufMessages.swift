import KubernetesModel

/// Which message is which kind's.
enum ProtobufMessages {
    static let table = ProtobufTable(BuiltInResources.types)

    /// Kinds whose types have other names, since there are two kinds of that name, or one type for two kinds.
    private static let names = [
        "v1 Event": "CoreEvent", "autoscaling/v1 HorizontalPodAutoscaler": "HorizontalPodAutoscalerV1",
        "rbac.authorization.k8s.io/v1 ClusterRoleBinding": "RoleBinding",
    ]

    /// What every message begins with.
    static let magic: [UInt8] = [0x6b, 0x38, 0x73, 0x00]

    /// The versions that built-in kinds are in; a custom resource may have a kind of the same name.
    static let versions = Set(BuiltInResources.all().map(\.type.apiVersion))

    /// The message of a kind; `nil` where there is none.
    static func message(apiVersion: String, kind: String) -> String? {
        let name = names["\(apiVersion) \(kind)"] ?? kind
        return table.isBody(name) ? name : nil
    }
}
