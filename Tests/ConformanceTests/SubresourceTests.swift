import CurlTransport
import HTTPTransport
import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

extension Conformance {
    @Suite struct Subresources {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }

        init() throws { cluster = try .current }

        @Test func `Status and the rest are written apart`() async throws {
            var declared = cluster.widget("apart")
            declared["status"] = ["phase": "ignored"]
            var widget = try await client.create(cluster.widgets, declared)
            #expect(widget["status"] == nil)
            widget["status"] = ["phase": "set"]
            widget["spec"] = ["size": 9]
            let written = try await client.replace(cluster.widgets, widget, subresource: "status")
            #expect(written[path: "status", "phase"] == "set")
            #expect(written[path: "spec", "size"] == 1)
            #expect(written[path: "metadata", "generation"] == 1)
            let patched = try await client.patch(
                cluster.widgets, "apart", patch: .merge(["spec": ["size": 2], "status": ["phase": "ignored"]]))
            #expect(patched[path: "status", "phase"] == "set")
            #expect(patched[path: "metadata", "generation"] == 2)
            let read = try await client.get(cluster.widgets, "apart", subresource: "status")
            #expect(read[path: "status", "phase"] == "set")
            let applied = try await client.apply(
                cluster.widgets, ["metadata": ["name": "apart"], "status": ["replicas": 1]], fieldManager: "one",
                subresource: "status")
            #expect(applied["status"] == ["phase": "set", "replicas": 1])
        }

        @Test func `A deployment and an own kind are scaled the same way`() async throws {
            _ = try await client.create(Deployment.resource, cluster.deployment("scaled"))
            _ = try await client.create(cluster.widgets, cluster.widget("scaled", ["size": 1, "replicas": 0]))
            for resource in [Deployment.resource, cluster.widgets] {
                let scale = try await client.get(resource, "scaled", subresource: "scale")
                #expect(scale["kind"] == "Scale")
                #expect((scale[path: "spec", "replicas"]?.intValue ?? 0) == 0)
                let patched = try await client.patch(
                    resource, "scaled", patch: .merge(["spec": ["replicas": 2]]), subresource: "scale")
                #expect(patched[path: "spec", "replicas"] == 2)
                let object = try await client.get(resource, "scaled")
                #expect(object[path: "spec", "replicas"] == 2)
                var back = try await client.get(resource, "scaled", subresource: "scale")
                back["spec"] = ["replicas": 0]
                // A controller's status may have been written in between; the version is not what this is about.
                back["metadata"] = ["name": "scaled", "namespace": .string(cluster.namespace)]
                _ = try await client.replace(resource, back, subresource: "scale")
                #expect(try await client.get(resource, "scaled")[path: "spec", "replicas"] == 0)
            }
        }

        @Test func `A service account's token says who it is, to whom it is meant for`() async throws {
            _ = try await client.create(ServiceAccount(metadata: ObjectMeta(name: "speaker")))
            let token = try await client.createToken(
                serviceAccount: "speaker", audiences: ["listeners"], expirationSeconds: 600)
            func review(_ token: String, _ audience: String) async throws -> TokenReviewStatus? {
                try await client.create(
                    TokenReview(metadata: ObjectMeta(), spec: TokenReviewSpec(token: token, audiences: [audience]))
                ).status
            }
            let known = try await review(token.token, "listeners")
            #expect(known?.authenticated == true)
            #expect(known?.user?.username == "system:serviceaccount:\(cluster.namespace):speaker")
            #expect(known?.audiences == ["listeners"])
            #expect(try await review(token.token, "others")?.authenticated != true)
            #expect(try await review("nonsense", "listeners")?.authenticated != true)
        }

        @Test func `A client that has a service account's token is that account`() async throws {
            _ = try await client.create(ServiceAccount(metadata: ObjectMeta(name: "guest")))
            let token = try await client.createToken(serviceAccount: "guest")
            let configuration = client.configuration.authenticated(bearer: token.token)
            let transport = CurlTransport(configuration.connection)
            defer { transport.shutdown() }
            let guest = KubernetesClient(configuration, transport: transport)
            let review = ResourceType(
                group: "authentication.k8s.io", version: "v1", kind: "SelfSubjectReview",
                plural: "selfsubjectreviews", namespaced: false)
            let answer = try await guest.create(
                review, ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"])
            #expect(
                answer[path: "status", "userInfo", "username"]?.stringValue
                    == "system:serviceaccount:\(cluster.namespace):guest")
        }

        @Test func `A token that nobody gave out is refused`() async throws {
            let configuration = client.configuration.authenticated(bearer: "nonsense")
            let transport = CurlTransport(configuration.connection)
            defer { transport.shutdown() }
            let status = try await refusal {
                _ = try await KubernetesClient(configuration, transport: transport).get(ConfigMap.self, "any")
            }
            #expect(status.code == 401)
        }

        @Test func `Access reviews say what one may do, and what others may`() async throws {
            let own = SelfSubjectAccessReview(
                metadata: ObjectMeta(),
                spec: SelfSubjectAccessReviewSpec(
                    resourceAttributes: ResourceAttributes(
                        namespace: cluster.namespace, verb: "delete", resource: "configmaps")))
            #expect(try await client.create(own).status?.allowed == true)
            let other = SubjectAccessReview(
                metadata: ObjectMeta(),
                spec: SubjectAccessReviewSpec(
                    resourceAttributes: ResourceAttributes(
                        namespace: cluster.namespace, verb: "get", resource: "secrets"),
                    user: "nobody-of-that-name"))
            #expect(try await client.create(other).status?.allowed == false)
        }
    }
}
