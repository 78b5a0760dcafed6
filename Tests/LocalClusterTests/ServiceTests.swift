import CurlTransport
import HTTPTransport
import KubernetesClient
import KubernetesModel
import TestSupport
import Testing

@Suite("Services", .timeLimit(.minutes(3)))
struct ServiceTests {
    private static func ready(_ slices: [EndpointSlice]) -> [String] {
        slices.flatMap { $0.endpoints ?? [] }.filter { $0.conditions?.ready == true }.flatMap(\.addresses).sorted()
    }

    @Test func `A Service's address leads to its ready pods in turn, and to nobody where there is none`() async throws {
        try await RunningCluster.run(images: [WebServer.image: WebServer.executable]) { cluster in
            _ = try await cluster.create(WebServer.service("web", port: 8123))
            _ = try await cluster.create(WebServer.deployment("web", replicas: 2))
            try await cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
            let addresses = try await cluster.objects(
                EndpointSlice.self, labelSelector: "kubernetes.io/service-name=web"
            ) { slices in
                let ready = Self.ready(slices)
                return ready.count == 2 ? ready : nil
            }
            #expect(Set(addresses).count == 2 && addresses.allSatisfy { $0.hasPrefix("127.") })
            let service = try await cluster.object(Service.self, "web") { _ in true }
            let address = try #require(service.spec.clusterIP)
            #expect(address.hasPrefix("127."))

            let transport = CurlTransport()
            defer { transport.shutdown() }
            func ask(_ path: String = "/") async throws -> String {
                // A connection of its own each time: the proxy chooses for connections.
                let answer = try await transport.send(
                    HTTPRequest(.get, "http://\(address):8123\(path)", headers: ["Connection": "close"]))
                return String(decoding: answer.body, as: UTF8.self)
            }
            var answers: Set<String> = []
            // The node hears of the slice a moment after we do.
            while answers.count < 2 { if let name = try? await ask() { answers.insert(name) } }
            let names = try await cluster.objects(Pod.self, labelSelector: "app=web") { pods in
                Set(pods.compactMap(\.metadata.name))
            }
            #expect(answers == names)

            // A connection that is held ends with its endpoint.
            let held = try await transport.stream(HTTPRequest(.get, "http://\(address):8123/hold"))
            var text: [UInt8] = []
            try await cluster.kubectl("scale", "deployment/web", "--replicas=0")
            do { for try await chunk in held.body { text += chunk } } catch is HTTPTransportError {}
            #expect(String(decoding: text, as: UTF8.self) == "held")
            try await cluster.objects(EndpointSlice.self, labelSelector: "kubernetes.io/service-name=web") { slices in
                Self.ready(slices).isEmpty ? true : nil
            }
            await #expect(throws: HTTPTransportError.self) { try await ask() }
        }
    }

    @Test func `A program binds its port at all addresses, though its Service has the same port`() async throws {
        try await RunningCluster.run(images: [WebServer.image: WebServer.executable]) { cluster in
            let service = try await cluster.create(WebServer.service("wide", port: 8127))
            let address = try #require(service.spec.clusterIP)
            // Once another is served that came later, the node has seen this one.
            _ = try await cluster.create(WebServer.service("web", port: 8128))
            _ = try await cluster.create(WebServer.deployment("web", replicas: 1))
            try await cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s")

            var wide = WebServer.deployment("wide", replicas: 1)
            wide.spec.template.spec?.containers[0].ports = [ContainerPort(name: "http", containerPort: 8127)]
            wide.spec.template.spec?.containers[0].env = [
                EnvVar(name: "BIND", value: "0.0.0.0"), EnvVar(name: "PORT", value: "8127"),
            ]
            _ = try await cluster.create(wide)
            try await cluster.kubectl("rollout", "status", "deployment/wide", "--timeout=60s")
            let pod = try await cluster.objects(Pod.self, labelSelector: "app=wide") { $0.first }
            #expect(pod.status?.containerStatuses?.first?.restartCount == 0)
            let transport = CurlTransport()
            defer { transport.shutdown() }
            let answer = try await transport.send(HTTPRequest(.get, "http://\(address):8127/"))
            #expect(String(decoding: answer.body, as: UTF8.self) == pod.metadata.name)
        }
    }

    @Test func `Pods find Services by their variables`() async throws {
        try await RunningCluster.run(images: [WebServer.image: WebServer.executable]) { cluster in
            _ = try await cluster.create(WebServer.service("my-web", port: 8124))
            let address = try await cluster.object(Service.self, "my-web") { _ in true }.spec.clusterIP ?? ""
            _ = try await cluster.create(
                Shell.job(
                    "asker",
                    "echo $MY_WEB_SERVICE_HOST $MY_WEB_SERVICE_PORT $MY_WEB_SERVICE_PORT_WEB $MY_WEB_PORT $POD_IP $HOST"
                ))
            try await cluster.kubectl("wait", "--for=condition=complete", "job/asker", "--timeout=60s")
            let pod = try await cluster.objects(Pod.self, labelSelector: "job-name=asker") { $0.first }
            let own = pod.status?.podIP ?? ""
            #expect(
                try await cluster.kubectl("logs", "job/asker")
                    == "\(address) 8124 8124 tcp://\(address):8124 \(own) \(own)\n")
        }
    }

    @Test func `Addresses are each Service's own, stay as they are, and a headless Service has none`() async throws {
        try await RunningCluster.run { cluster in
            var addresses: Set<String> = []
            for index in 1...20 {
                let service = try await cluster.create(WebServer.service("s\(index)", port: 8125))
                addresses.insert(service.spec.clusterIP ?? "")
            }
            #expect(addresses.count == 20)
            let taken = addresses.min() ?? ""
            let refused = try await cluster.kubectl(
                "create", "service", "clusterip", "other", "--clusterip=\(taken)", "--tcp=80", expecting: 1)
            #expect(refused.contains("provided IP is already allocated"), "\(refused)")
            let moved = try await cluster.kubectl(
                "patch", "service", "s1", "-p", #"{"spec":{"clusterIP":"127.1.2.3"}}"#, expecting: 1)
            #expect(moved.contains("field is immutable"), "\(moved)")
            // A replacement that does not name it keeps it.
            var kept = try await cluster.object(Service.self, "s2") { _ in true }
            let before = kept.spec.clusterIP
            kept.spec.clusterIP = nil
            kept.spec.clusterIPs = nil
            #expect(try await cluster.client.replace(kept).spec.clusterIP == before)
            let headless = try await cluster.create(WebServer.service("headless", port: 8126, clusterIP: "None"))
            #expect(headless.spec.clusterIP == "None")
            try await cluster.objects(EndpointSlice.self, labelSelector: "kubernetes.io/service-name=headless") {
                $0.first { $0.metadata.labels?["service.kubernetes.io/headless"] == "" }
            }
        }
    }
}
