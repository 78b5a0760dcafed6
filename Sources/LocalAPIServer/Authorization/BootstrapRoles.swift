import StructuredData

/// The roles for people that every cluster offers.
enum BootstrapRoles {
    private static let all: JSON = ["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]]
    private static let readVerbs: JSON = ["get", "list", "watch"]
    private static let writeVerbs: JSON = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection",
    ]
    private static let coreObjects: JSON = [
        "configmaps", "events", "pods", "pods/log", "pods/status", "serviceaccounts", "services",
    ]

    /// Those for people are made of others, so that whoever adds a kind can add it to them, by a role with such a label.
    static let roles: [(name: String, content: JSON)] = [
        ("cluster-admin", role([all, ["nonResourceURLs": ["*"], "verbs": ["*"]]])),
        (
            "system:aggregate-to-admin",
            role(workloads(writeVerbs, withSecrets: true, withRoles: true), labels: [aggregation("admin"): "true"])
        ),
        (
            "system:aggregate-to-edit",
            role(workloads(writeVerbs, withSecrets: true, withRoles: false), labels: [aggregation("edit"): "true"])
        ),
        (
            "system:aggregate-to-view",
            role(workloads(readVerbs, withSecrets: false, withRoles: false), labels: [aggregation("view"): "true"])
        ),
        ("admin", aggregated("admin", labels: [:])),
        ("edit", aggregated("edit", labels: [aggregation("admin"): "true"])),
        ("view", aggregated("view", labels: [aggregation("edit"): "true"])),
        (
            "system:auth-delegator",
            role([
                [
                    "apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"], "verbs": ["create"],
                ],
                [
                    "apiGroups": ["authorization.k8s.io"], "resources": ["subjectaccessreviews"],
                    "verbs": ["create"],
                ],
            ])
        ),
    ]

    private static func aggregation(_ role: String) -> String { "rbac.authorization.k8s.io/aggregate-to-\(role)" }

    private static func metadata(_ labels: [String: String]) -> JSON {
        var all = labels
        all["kubernetes.io/bootstrapping"] = "rbac-defaults"
        return ["labels": JSON(all)]
    }

    private static func role(_ rules: JSON, labels: [String: String] = [:]) -> JSON {
        ["metadata": metadata(labels), "rules": rules]
    }

    private static func aggregated(_ name: String, labels: [String: String]) -> JSON {
        [
            "metadata": metadata(labels),
            "aggregationRule": ["clusterRoleSelectors": [["matchLabels": [aggregation(name): "true"]]]],
        ]
    }

    private static func workloads(_ verbs: JSON, withSecrets: Bool, withRoles: Bool) -> JSON {
        var core = coreObjects.arrayValue ?? []
        if withSecrets { core.append("secrets") }
        var rules: [JSON] = [
            ["apiGroups": [""], "resources": .array(core), "verbs": verbs],
            [
                "apiGroups": ["apps", "batch", "policy", "networking.k8s.io", "discovery.k8s.io"], "resources": ["*"],
                "verbs": verbs,
            ],
        ]
        if withRoles {
            rules.append([
                "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"], "verbs": verbs,
            ])
        }
        return .array(rules)
    }
}
