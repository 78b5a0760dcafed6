import KubernetesModel
import StructuredData

/// Requests that a test wants to go wrong, and how.
///
/// As JSON, where all but one effect may be left out:
///
///     {"verbs": ["update", "patch"], "group": "apps", "resource": "deployments", "subresource": "status",
///      "namespace": "default", "name": "web",
///      "skip": 2, "times": 1,
///      "answer": {"code": 429, "retryAfterSeconds": 1}}
///
/// meets the third such request alone. Instead of `answer`: `"delayMilliseconds": 500` makes it wait, or every event of a watch;
/// `"dropAfterEvents": 3` cuts a watch off behind its third event, without an end that a client could read.
struct FaultRule: Sendable, Hashable {
    enum Effect: Sendable, Hashable {
        case answer(code: Int, retryAfterSeconds: Int?)
        case delay(milliseconds: Int)
        case drop(afterEvents: Int)
    }

    var verbs: [String] = []
    var group: String?
    var resource: String?
    var subresource: String?
    var namespace: String?
    var name: String?
    /// So many matching requests pass first.
    var skip = 0
    /// So many are met then; `nil`: all.
    var times: Int?
    var effect: Effect

    /// - Throws: 400 that names what is wrong.
    init(_ json: JSON) throws(KubernetesStatus) {
        let known: Set = [
            "verbs", "group", "resource", "subresource", "namespace", "name", "skip", "times", "answer",
            "delayMilliseconds", "dropAfterEvents",
        ]
        for key in json.objectValue?.keys ?? [] where !known.contains(key) {
            throw .badRequest("a fault has no member \(key)")
        }
        verbs = (json["verbs"]?.arrayValue ?? []).compactMap(\.stringValue)
        group = json["group"]?.stringValue
        resource = json["resource"]?.stringValue
        subresource = json["subresource"]?.stringValue
        namespace = json["namespace"]?.stringValue
        name = json["name"]?.stringValue
        skip = json["skip"]?.intValue ?? 0
        times = json["times"]?.intValue
        if let code = json["answer"]?["code"]?.intValue, (400...599).contains(code) {
            effect = .answer(code: code, retryAfterSeconds: json["answer"]?["retryAfterSeconds"]?.intValue)
        } else if let milliseconds = json["delayMilliseconds"]?.intValue, milliseconds >= 0 {
            effect = .delay(milliseconds: milliseconds)
        } else if let count = json["dropAfterEvents"]?.intValue, count >= 0 {
            effect = .drop(afterEvents: count)
        } else {
            throw .badRequest("a fault needs answer with a code from 400 to 599, delayMilliseconds or dropAfterEvents")
        }
    }

    func matches(_ info: RequestInfo) -> Bool {
        func fits(_ wanted: String?, _ actual: String?) -> Bool { wanted == nil || wanted == actual ?? "" }
        return info.isResource && (verbs.isEmpty || verbs.contains(info.verb)) && fits(group, info.group)
            && fits(resource, info.resource) && fits(subresource, info.subresource)
            && fits(namespace, info.namespace) && fits(name, info.name)
    }

    /// What the client is told; the words of a real server where it answers so by itself.
    static func status(_ code: Int, retryAfterSeconds: Int?, _ info: RequestInfo) -> KubernetesStatus {
        let type = ResourceType(
            group: info.group, version: info.version, kind: "", plural: info.resource, namespaced: info.namespace != nil
        )
        switch code {
        case 404: return .notFound(type, info.name ?? "")
        case 409: return .conflict(type, info.name ?? "")
        case 410: return .expired("The resourceVersion for the provided watch is too old.")
        case 429:
            return .tooManyRequests(
                "too many requests, please try again later", retryAfterSeconds: retryAfterSeconds ?? 1)
        case 500: return .internalError("a fault that was asked for")
        case 503: return .serviceUnavailable("a fault that was asked for")
        default: return KubernetesStatus(reason: .unknown, code: code, message: "a fault that was asked for")
        }
    }
}
