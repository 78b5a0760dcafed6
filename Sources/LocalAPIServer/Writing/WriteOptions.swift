import KubernetesModel
import StructuredData

/// The options of a create, update, patch or delete, from its query.
struct WriteOptions: Sendable {
    enum Validation: String, Sendable {
        case strict = "Strict"
        case warn = "Warn"
        case ignore = "Ignore"
    }

    var isDryRun: Bool
    var manager: String
    var validation: Validation
    var isForced: Bool

    init(isDryRun: Bool, manager: String, validation: Validation, isForced: Bool) {
        self.isDryRun = isDryRun
        self.manager = manager
        self.validation = validation
        self.isForced = isForced
    }

    /// - Parameter isApply: whether a manager must be named.
    /// - Throws: 422 in the name of the options' kind.
    init(_ request: APIRequest, isApply: Bool = false) throws(KubernetesStatus) {
        let query = request.query
        var causes: [KubernetesStatus.Cause] = []
        let dryRun = query.values("dryRun").filter { !$0.isEmpty }
        if dryRun.contains(where: { $0 != "All" }) {
            causes.append(.notSupported("dryRun", value: JSON(dryRun).text(), supported: ["All"]))
        }
        let validation = query["fieldValidation"].flatMap { $0.isEmpty ? nil : $0 } ?? "Warn"
        if Validation(rawValue: validation) == nil {
            causes.append(
                .notSupported(
                    "fieldValidation", value: JSON.string(validation).text(), supported: ["Ignore", "Strict", "Warn"]))
        }
        let manager = query["fieldManager"] ?? ""
        if isApply, manager.isEmpty { causes.append(.required("fieldManager", "is required for apply patch")) }
        if manager.utf8.count > 128 { causes.append(.tooLong("fieldManager", maximumBytes: 128)) }
        if !isApply, query["force"] != nil, request.method == "PATCH" {
            causes.append(.forbidden("force", "may not be specified for non-apply patch"))
        }
        if !causes.isEmpty {
            throw .invalid(group: "meta.k8s.io", kind: Self.kind(of: request.method), "", causes: causes)
        }
        isDryRun = !dryRun.isEmpty
        self.manager = manager.isEmpty ? request.userAgentManager : manager
        self.validation = Validation(rawValue: validation) ?? .warn
        isForced = query.flag("force")
    }

    private static func kind(of method: String) -> String {
        switch method {
        case "POST": "CreateOptions"
        case "PUT": "UpdateOptions"
        case "DELETE": "DeleteOptions"
        default: "PatchOptions"
        }
    }
}
