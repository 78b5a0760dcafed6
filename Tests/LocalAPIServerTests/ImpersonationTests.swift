import CertificateStore
import CurlTransport
import Foundation
import HTTPTransport
import HTTPTypes
import KubernetesModel
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Acting for others", .timeLimit(.minutes(2)))
struct ImpersonationTests {
    private func impersonation(_ fields: [(String, String)]) throws -> Impersonation? {
        var headers = HTTPFields()
        for (name, value) in fields {
            headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return try Impersonation(headers)
    }

    // MARK: What is asked for

    @Test func `Without such headers nobody is acted for`() throws {
        #expect(try impersonation([("Authorization", "Bearer x")]) == nil)
    }

    @Test func `A user comes with groups, UID and extras, each of which must be allowed`() throws {
        let jane = try #require(
            try impersonation([
                ("Impersonate-User", "jane"), ("Impersonate-Group", "a"), ("Impersonate-Group", "b"),
                ("Impersonate-Uid", "7"), ("Impersonate-Extra-Scopes", "view"), ("Impersonate-Extra-scopes", "edit"),
                ("Impersonate-Extra-Example.com%2fTeam", "x"),
            ]))
        #expect(
            jane.user
                == UserInfo(
                    name: "jane", uid: "7", groups: ["a", "b", "system:authenticated"],
                    extra: ["scopes": ["view", "edit"], "example.com/team": ["x"]]))
        let group = "authentication.k8s.io"
        #expect(
            jane.demands == [
                AccessRequest(verb: "impersonate", resource: "users", name: "jane"),
                AccessRequest(verb: "impersonate", resource: "groups", name: "a"),
                AccessRequest(verb: "impersonate", resource: "groups", name: "b"),
                AccessRequest(
                    verb: "impersonate", group: group, resource: "userextras", subresource: "scopes", name: "view"),
                AccessRequest(
                    verb: "impersonate", group: group, resource: "userextras", subresource: "scopes", name: "edit"),
                AccessRequest(
                    verb: "impersonate", group: group, resource: "userextras", subresource: "example.com/team",
                    name: "x"),
                AccessRequest(verb: "impersonate", group: group, resource: "uids", name: "7"),
            ])
    }

    @Test func `The key of an extra that is badly escaped stays as it is`() throws {
        let jane = try impersonation([("Impersonate-User", "jane"), ("Impersonate-Extra-a%2fb%zz", "x")])
        #expect(jane?.user.extra == ["a%2fb%zz": ["x"]])
    }

    @Test func `A service account is one, in its namespace, and has the groups of one unless others are named`() throws
    {
        let name = "system:serviceaccount:team:robot"
        let robot = try #require(try impersonation([("Impersonate-User", name)]))
        #expect(
            robot.user.groups == ["system:serviceaccounts", "system:serviceaccounts:team", "system:authenticated"])
        #expect(
            robot.demands == [
                AccessRequest(verb: "impersonate", resource: "serviceaccounts", namespace: "team", name: "robot")
            ])
        let other = try impersonation([("Impersonate-User", name), ("Impersonate-Group", "a")])
        #expect(other?.user.groups == ["a", "system:authenticated"])
        let user = try impersonation([("Impersonate-User", "system:serviceaccount:team")])
        #expect(user?.demands.first?.resource == "users")
    }

    @Test func `Nobody in particular is not among those who are known`() throws {
        #expect(
            try impersonation([("Impersonate-User", "system:anonymous")])?.user.groups == ["system:unauthenticated"])
        let said = try impersonation([
            ("Impersonate-User", "jane"), ("Impersonate-Group", "system:unauthenticated"),
        ])
        #expect(said?.user.groups == ["system:unauthenticated"])
    }

    @Test(arguments: ["Impersonate-Group", "Impersonate-Uid", "Impersonate-Extra-scopes"])
    func `Nothing goes without a user`(name: String) {
        let status = #expect(throws: KubernetesStatus.self) { try impersonation([(name, "x")]) }
        #expect(status?.code == 500)
        #expect(status?.message.contains("Impersonate-User") == true)
    }

    // MARK: What is done

    /// Asks a server who the caller is.
    private func whoAmI(
        _ server: APIServerFixture, _ token: String, _ fields: [(String, String)]
    ) async throws -> (status: Int, json: JSON) {
        let authority = try CertificateAuthority.open(in: server.directory, now: Date())
        let transport = CurlTransport(
            .init(tls: .init(authorities: .inline(Array(authority.certificatePEM.utf8)))))
        defer { transport.shutdown() }
        var headers: HTTPHeaders = ["Authorization": "Bearer \(token)", "Content-Type": "application/json"]
        for (name, value) in fields { headers.append(name, value) }
        let question: JSON = ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"]
        let answer = try await transport.send(
            HTTPRequest(
                .post, "\(server.url)/apis/authentication.k8s.io/v1/selfsubjectreviews", headers: headers,
                body: question.serialized()))
        return (answer.status, try JSON.parse(answer.body))
    }

    @Test func `Whoever may acts as somebody else with all that belongs to them, others are told what they lack`()
        async throws
    {
        try await APIServerFixture.withServer { server in
            let jane = [
                ("Impersonate-User", "jane"), ("Impersonate-Uid", "7"), ("Impersonate-Group", "a"),
                ("Impersonate-Extra-scopes", "view"),
            ]
            let limited = APIServerFixture.limited
            let administrator = try await whoAmI(server, APIServerFixture.administrator, jane)
            #expect(administrator.status == 201)
            let info: JSON = [
                "username": "jane", "uid": "7", "groups": ["a", "system:authenticated"],
                "extra": ["scopes": ["view"]],
            ]
            #expect(administrator.json["status"]?["userInfo"] == info)

            let refused = try await whoAmI(server, limited, jane)
            #expect(refused.status == 403)
            #expect(
                refused.json["message"] == """
                    users "jane" is forbidden: User "limited" cannot impersonate resource "users" in API group "" at the \
                    cluster scope
                    """)

            // One may act as jane with a UID, in one group, with one scope, and no other.
            let rbac = "/apis/rbac.authorization.k8s.io/v1"
            let role: JSON = [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": ["name": "as-jane"],
                "rules": [
                    [
                        "apiGroups": [""], "resources": ["users", "groups"], "verbs": ["impersonate"],
                        "resourceNames": ["jane", "a"],
                    ],
                    [
                        "apiGroups": ["authentication.k8s.io"], "resources": ["uids", "userextras/scopes"],
                        "verbs": ["impersonate"], "resourceNames": ["7", "view"],
                    ],
                ],
            ]
            #expect(try await server.send(.post, "\(rbac)/clusterroles", role).status == 201)
            let binding: JSON = [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                "metadata": ["name": "as-jane"],
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "as-jane"],
                "subjects": [["kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "limited"]],
            ]
            #expect(try await server.send(.post, "\(rbac)/clusterrolebindings", binding).status == 201)
            #expect(try await whoAmI(server, limited, jane).json["status"]?["userInfo"] == info)
            let lacking = [
                (("Impersonate-Uid", "8"), #"uids.authentication.k8s.io "8""#, #"resource "uids""#),
                (
                    ("Impersonate-Extra-scopes", "edit"), #"userextras.authentication.k8s.io "edit""#,
                    #"resource "userextras/scopes""#
                ),
                (
                    ("Impersonate-Extra-other", "view"), #"userextras.authentication.k8s.io "view""#,
                    #"resource "userextras/other""#
                ),
            ]
            for (field, subject, resource) in lacking {
                let answer = try await whoAmI(server, limited, [("Impersonate-User", "jane"), field])
                #expect(answer.status == 403)
                #expect(
                    answer.json["message"]?.stringValue
                        == "\(subject) is forbidden: User \"limited\" cannot impersonate \(resource) in API group "
                        + "\"authentication.k8s.io\" at the cluster scope")
            }
        }
    }
}
