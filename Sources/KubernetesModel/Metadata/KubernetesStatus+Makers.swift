extension KubernetesStatus {
    /// 200: `name` was deleted, or is being deleted.
    public static func deleted(_ resource: ResourceType, _ name: String, uid: String?) -> KubernetesStatus {
        KubernetesStatus(
            status: "Success", reason: .unknown, code: 0, message: "", details: details(resource, name, uid: uid))
    }

    /// 404: there is no such object.
    public static func notFound(_ resource: ResourceType, _ name: String) -> KubernetesStatus {
        KubernetesStatus(
            reason: .notFound, code: 404, message: "\(resource.qualifiedPlural) \"\(name)\" not found",
            details: details(resource, name))
    }

    /// 404: there is no such path.
    public static func pathNotFound() -> KubernetesStatus {
        KubernetesStatus(
            reason: .notFound, code: 404, message: "the server could not find the requested resource",
            details: Details())
    }

    /// 409: the name is taken.
    public static func alreadyExists(_ resource: ResourceType, _ name: String) -> KubernetesStatus {
        KubernetesStatus(
            reason: .alreadyExists, code: 409, message: "\(resource.qualifiedPlural) \"\(name)\" already exists",
            details: details(resource, name))
    }

    /// 409: the write was made against another state than the stored one.
    public static func conflict(_ resource: ResourceType, _ name: String, message: String? = nil) -> KubernetesStatus {
        let message =
            message
            ?? "the object has been modified; please apply your changes to the latest version and try again"
        return KubernetesStatus(
            reason: .conflict, code: 409,
            message: "Operation cannot be fulfilled on \(resource.qualifiedPlural) \"\(name)\": \(message)",
            details: details(resource, name))
    }

    /// 409: an apply meets fields that other managers own.
    public static func applyConflict(message: String, causes: [Cause]) -> KubernetesStatus {
        KubernetesStatus(reason: .conflict, code: 409, message: message, details: Details(causes: causes))
    }

    /// 422: the object does not fit its schema or rules.
    public static func invalid(_ resource: ResourceType, _ name: String, causes: [Cause]) -> KubernetesStatus {
        invalid(group: resource.group, kind: resource.kind, name, causes: causes)
    }

    /// 422, for what is no stored object, such as `PatchOptions` of `meta.k8s.io`.
    public static func invalid(group: String, kind: String, _ name: String, causes: [Cause]) -> KubernetesStatus {
        let lines = causes.map { cause in
            let message = cause.message ?? ""
            return cause.field.map { "\($0): \(message)" } ?? message
        }
        let what = group.isEmpty ? kind : "\(kind).\(group)"
        let why = lines.count == 1 ? lines[0] : "[\(lines.joined(separator: ", "))]"
        return KubernetesStatus(
            reason: .invalid, code: 422, message: "\(what) \"\(name)\" is invalid: \(why)",
            details: Details(
                name: name.isEmpty ? nil : name, group: group.isEmpty ? nil : group, kind: kind, causes: causes))
    }

    /// 400: the request makes no sense.
    public static func badRequest(_ message: String) -> KubernetesStatus {
        KubernetesStatus(reason: .badRequest, code: 400, message: message)
    }

    /// 401: the caller is not known.
    public static func unauthorized() -> KubernetesStatus {
        KubernetesStatus(reason: .unauthorized, code: 401, message: "Unauthorized")
    }

    /// 403: the caller may not do this.
    public static func forbidden(
        _ resource: ResourceType, _ name: String? = nil, message: String, causes: [Cause]? = nil
    ) -> KubernetesStatus {
        let name = name.flatMap { $0.isEmpty ? nil : $0 }
        let subject = name.map { "\(resource.qualifiedPlural) \"\($0)\"" } ?? resource.qualifiedPlural
        var about = details(resource, name)
        about.causes = causes
        return KubernetesStatus(
            reason: .forbidden, code: 403, message: "\(subject) is forbidden: \(message)", details: about)
    }

    /// 405: the path does not take this method.
    public static func methodNotAllowed(_ resource: ResourceType? = nil, verb: String? = nil) -> KubernetesStatus {
        let message =
            verb.map { "\($0) is not supported on resources of kind \"\(resource?.qualifiedPlural ?? "")\"" }
            ?? "the server does not allow this method on the requested resource"
        return KubernetesStatus(
            reason: .methodNotAllowed, code: 405, message: message, details: resource.map { details($0, nil) })
    }

    /// 406: none of the accepted media types can be given.
    public static func notAcceptable(_ message: String) -> KubernetesStatus {
        KubernetesStatus(reason: .notAcceptable, code: 406, message: message)
    }

    /// 410: the resource version or continue token is older than the history.
    public static func expired(_ message: String, continue token: String? = nil) -> KubernetesStatus {
        KubernetesStatus(reason: .expired, code: 410, message: message, metadata: ListMeta(continue: token))
    }

    /// 413: the body is over the limit.
    public static func requestEntityTooLarge(_ message: String) -> KubernetesStatus {
        KubernetesStatus(reason: .requestEntityTooLarge, code: 413, message: message)
    }

    /// 415: the body is in none of these media types.
    public static func unsupportedMediaType(accepted: [String]) -> KubernetesStatus {
        KubernetesStatus(
            reason: .unsupportedMediaType, code: 415,
            message: "the body of the request was in an unknown format - accepted media types include: "
                + accepted.joined(separator: ", "))
    }

    /// 429: come again later.
    public static func tooManyRequests(_ message: String, retryAfterSeconds: Int? = nil, causes: [Cause]? = nil)
        -> KubernetesStatus
    {
        KubernetesStatus(
            reason: .tooManyRequests, code: 429, message: message,
            details: Details(causes: causes, retryAfterSeconds: retryAfterSeconds))
    }

    /// 500: the server failed.
    public static func internalError(_ message: String) -> KubernetesStatus {
        KubernetesStatus(
            reason: .internalError, code: 500, message: "Internal error occurred: \(message)",
            details: Details(causes: [Cause(message: message)]))
    }

    /// 503: not now.
    public static func serviceUnavailable(_ message: String) -> KubernetesStatus {
        KubernetesStatus(reason: .serviceUnavailable, code: 503, message: message)
    }

    /// 504: the resource version is one that the server has not reached.
    public static func tooLargeResourceVersion(_ requested: String, current: String, retryAfterSeconds: Int = 1)
        -> KubernetesStatus
    {
        KubernetesStatus(
            reason: .timeout, code: 504,
            message: "Timeout: Too large resource version: \(requested), current: \(current)",
            details: Details(
                causes: [Cause(reason: "ResourceVersionTooLarge", message: "Too large resource version")],
                retryAfterSeconds: retryAfterSeconds))
    }

    private static func details(_ resource: ResourceType, _ name: String?, uid: String? = nil) -> Details {
        Details(name: name, group: resource.group.isEmpty ? nil : resource.group, kind: resource.plural, uid: uid)
    }
}

extension KubernetesStatus.Cause {
    /// A value that is not allowed; `value` as it is to be shown, such as `"x"` with its quotes, or `11`.
    public static func invalid(_ field: String, value: String, _ message: String) -> Self {
        Self(reason: "FieldValueInvalid", message: "Invalid value: \(value): \(message)", field: field)
    }

    /// A value of another type than the schema's.
    public static func typeInvalid(_ field: String, value: String, _ message: String) -> Self {
        Self(reason: "FieldValueTypeInvalid", message: "Invalid value: \(value): \(message)", field: field)
    }

    public static func required(_ field: String, _ message: String = "") -> Self {
        Self(
            reason: "FieldValueRequired", message: message.isEmpty ? "Required value" : "Required value: \(message)",
            field: field)
    }

    public static func duplicate(_ field: String, value: String) -> Self {
        Self(reason: "FieldValueDuplicate", message: "Duplicate value: \(value)", field: field)
    }

    public static func notSupported(_ field: String, value: String, supported: [String]) -> Self {
        let values = supported.map { "\"\($0)\"" }.joined(separator: ", ")
        return Self(
            reason: "FieldValueNotSupported", message: "Unsupported value: \(value): supported values: \(values)",
            field: field)
    }

    public static func forbidden(_ field: String, _ message: String) -> Self {
        Self(reason: "FieldValueForbidden", message: "Forbidden: \(message)", field: field)
    }

    public static func tooLong(_ field: String, maximumBytes: Int) -> Self {
        Self(
            reason: "FieldValueTooLong", message: "Too long: may not be more than \(maximumBytes) bytes", field: field)
    }

    public static func tooMany(_ field: String, count: Int, maximum: Int) -> Self {
        Self(
            reason: "FieldValueTooMany", message: "Too many: \(count): must have at most \(maximum) items", field: field
        )
    }

    public static func notFound(_ field: String, value: String) -> Self {
        Self(reason: "FieldValueNotFound", message: "Not found: \(value)", field: field)
    }
}
