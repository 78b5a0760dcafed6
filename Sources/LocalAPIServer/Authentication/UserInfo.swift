import StructuredData

/// Who makes a request.
struct UserInfo: Sendable, Hashable {
    var name: String
    var uid: String = ""
    var groups: [String] = []
    var extra: [String: [String]] = [:]

    static let anonymous = UserInfo(name: "system:anonymous", groups: ["system:unauthenticated"])

    /// The parts as TokenReview and SelfSubjectReview show them.
    var json: JSON {
        var json: JSON = ["username": .string(name)]
        if !uid.isEmpty { json["uid"] = .string(uid) }
        if !groups.isEmpty { json["groups"] = JSON(groups) }
        if !extra.isEmpty {
            json["extra"] = .object(JSONObject(extra.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) }))
        }
        return json
    }
}
