import KubernetesModel
import StructuredData

/// What is known of one request for the audit log, filled in as it is handled.
struct AuditRecord: Sendable {
    enum Stage: String, Sendable {
        case responseStarted = "ResponseStarted"
        case responseComplete = "ResponseComplete"
    }

    /// Also sent to the client, as `Audit-Id`.
    var id: String
    var uri: String
    var userAgent: String
    var sourceAddress: String?
    /// Microseconds since 1970.
    var receivedAt: Int64
    var info: RequestInfo?
    /// Who the caller proved to be, and whom they act for.
    var caller: UserInfo?
    var user: UserInfo?
    var isAllowed: Bool?
    /// The answer, where it is a failure.
    var failure: KubernetesStatus?

    /// - Parameter now: microseconds since 1970.
    func event(_ stage: Stage, code: Int, now: Int64) -> JSON {
        var event: JSON = [
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": .string(id),
            "stage": .string(stage.rawValue), "requestURI": .string(uri), "verb": .string(info?.verb ?? ""),
            "user": caller?.json ?? [:],
        ]
        if let user, user != caller { event["impersonatedUser"] = user.json }
        if let sourceAddress { event["sourceIPs"] = [.string(sourceAddress)] }
        if !userAgent.isEmpty { event["userAgent"] = .string(userAgent) }
        if let info, info.isResource { event["objectRef"] = Self.reference(info) }
        var status: JSON = ["metadata": [:]]
        if let failure {
            status["status"] = "Failure"
            status["message"] = .string(failure.message)
            if failure.reason != .unknown { status["reason"] = .string(failure.reason.rawValue) }
        }
        status["code"] = JSON(code)
        event["responseStatus"] = status
        event["requestReceivedTimestamp"] = .string(Timestamp.text(microseconds: receivedAt))
        event["stageTimestamp"] = .string(Timestamp.text(microseconds: now))
        if let isAllowed {
            event["annotations"] = ["authorization.k8s.io/decision": isAllowed ? "allow" : "forbid"]
        }
        return event
    }

    private static func reference(_ info: RequestInfo) -> JSON {
        var reference: JSON = ["resource": .string(info.resource)]
        reference["namespace"] = info.namespace.map(JSON.string)
        reference["name"] = info.name.map(JSON.string)
        if !info.group.isEmpty { reference["apiGroup"] = .string(info.group) }
        reference["apiVersion"] = .string(info.version)
        reference["subresource"] = info.subresource.map(JSON.string)
        return reference
    }
}
