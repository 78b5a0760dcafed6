import FoundationEssentials
import KubernetesModel
import Testing

@testable import ProcessNode

@Suite("Services on a node")
struct ServiceTableTests {
    private func service(_ ip: String?, ports: [ServicePort]) -> Service {
        Service(metadata: ObjectMeta(name: "my-web", namespace: "n"), spec: ServiceSpec(ports: ports, clusterIP: ip))
    }

    private func slice(_ endpoints: [Endpoint], ports: [EndpointPort]) -> EndpointSlice {
        EndpointSlice(
            metadata: ObjectMeta(
                name: "s\(endpoints.count)", namespace: "n", labels: ["kubernetes.io/service-name": "my-web"]),
            addressType: "IPv4", endpoints: endpoints, ports: ports)
    }

    private func endpoint(_ ip: String, ready: Bool?, serving: Bool = false) -> Endpoint {
        Endpoint(addresses: [ip], conditions: EndpointConditions(ready: ready, serving: serving, terminating: serving))
    }

    private func backends(_ services: [Service], _ slices: [EndpointSlice]) -> [SocketTarget: ServiceBackend] {
        ServiceTable.backends(services: services, slices: slices, nodeName: "here")
    }

    @Test("traffic that is to stay on its node reaches the endpoints there alone")
    func localTraffic() {
        var local = service("127.3.0.1", ports: [ServicePort(port: 80)])
        local.spec.internalTrafficPolicy = "Local"
        // Only for traffic from outside.
        local.spec.externalTrafficPolicy = "Cluster"
        var (near, far) = (endpoint("127.1.0.1", ready: true), endpoint("127.2.0.1", ready: true))
        (near.nodeName, far.nodeName) = ("here", "there")
        let slices = [slice([near, far], ports: [EndpointPort(port: 8080)])]
        #expect(backends([local], slices).values.first?.targets.map(\.address) == ["127.1.0.1"])
        local.spec.internalTrafficPolicy = "Cluster"
        local.spec.externalTrafficPolicy = "Local"
        #expect(backends([local], slices).values.first?.targets.count == 2)
    }

    @Test("a client keeps to its endpoint for as long as the Service says, and while it is there")
    func affinity() throws {
        var service = service("127.3.0.1", ports: [ServicePort(port: 80)])
        #expect(backends([service], []).values.first?.affinity == nil)
        service.spec.sessionAffinity = "ClientIP"
        #expect(backends([service], []).values.first?.affinity == .seconds(10_800))
        let brief = #"{"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10}}}"#
        service.spec.sessionAffinityConfig = try JSONDecoder().decode(ServiceSpec.self, from: Data(brief.utf8))
            .sessionAffinityConfig
        #expect(backends([service], []).values.first?.affinity == .seconds(10))

        let targets = (1...3).map { SocketTarget(address: "127.1.0.\($0)", port: 80) }
        var choice = TargetChoice(ServiceBackend(targets: targets, affinity: .seconds(10)))
        #expect(choice.target(for: "a", now: .seconds(0)) == targets[0])
        #expect(choice.target(for: "b", now: .seconds(1)) == targets[1])
        #expect(choice.target(for: "a", now: .seconds(9)) == targets[0])
        // Its time counts from its last connection.
        #expect(choice.target(for: "a", now: .seconds(18)) == targets[0])
        #expect(choice.target(for: "a", isRetry: true, now: .seconds(18)) == targets[2])
        #expect(choice.target(for: "a", now: .seconds(19)) == targets[2])
        choice.backend.targets = Array(targets.prefix(2))
        #expect(choice.target(for: "a", now: .seconds(20)) == targets[0])
        #expect(choice.target(for: "b", now: .seconds(30)) == targets[1])
    }

    @Test("without affinity each connection goes to the next endpoint")
    func turns() {
        let targets = (1...2).map { SocketTarget(address: "127.1.0.\($0)", port: 80) }
        var choice = TargetChoice(ServiceBackend(targets: targets))
        #expect((0..<4).map { _ in choice.target(for: "a", now: .zero) } == targets + targets)
        choice.backend.targets = []
        #expect(choice.target(for: "a", now: .zero) == nil)
    }

    @Test("each port leads to the ready endpoints of its name; unknown readiness counts as ready")
    func targets() {
        let ports = [ServicePort(name: "a", port: 80), ServicePort(name: "b", port: 81)]
        let slices = [
            slice(
                [endpoint("127.1.0.1", ready: true), endpoint("127.1.0.2", ready: nil)],
                ports: [EndpointPort(name: "a", port: 8080), EndpointPort(name: "b", port: 8081)]),
            slice([endpoint("127.1.0.3", ready: false)], ports: [EndpointPort(name: "a", port: 9090)]),
        ]
        let table = backends([service("127.3.0.1", ports: ports)], slices)
        #expect(
            table[SocketTarget(address: "127.3.0.1", port: 80)]?.targets == [
                SocketTarget(address: "127.1.0.1", port: 8080), SocketTarget(address: "127.1.0.2", port: 8080),
            ])
        #expect(table[SocketTarget(address: "127.3.0.1", port: 81)]?.targets.map(\.port) == [8081, 8081])
        #expect(ServiceTable.living(slices: slices) == ["127.1.0.1", "127.1.0.2", "127.1.0.3"])
    }

    @Test("where none is ready, those that still serve while they end are better than none")
    func terminating() {
        let port = [EndpointPort(port: 8080)]
        let slices = [
            slice(
                [endpoint("127.1.0.1", ready: false, serving: true), endpoint("127.1.0.2", ready: false)], ports: port)
        ]
        let table = backends([service("127.3.0.1", ports: [ServicePort(port: 80)])], slices)
        #expect(table.values.first?.targets == [SocketTarget(address: "127.1.0.1", port: 8080)])
    }

    @Test("headless Services, other protocols and addresses of other machines are not listened for")
    func ignored() {
        let udp = [ServicePort(protocol: "UDP", port: 53)]
        let tcp = [ServicePort(port: 80)]
        let services = [
            service("None", ports: tcp), service("10.96.0.1", ports: tcp), service("127.3.0.1", ports: udp),
            service(nil, ports: tcp),
        ]
        #expect(backends(services, []).isEmpty)
    }

    @Test("a Service's variables name its address and ports")
    func variables() {
        let ports = [ServicePort(name: "http-main", port: 80), ServicePort(name: "admin", port: 81)]
        let variables = ServiceEnvironment.variables(
            apiServer: nil, links: [service("127.3.0.1", ports: ports), service("None", ports: ports)])
        #expect(variables["MY_WEB_SERVICE_HOST"] == "127.3.0.1")
        #expect(variables["MY_WEB_SERVICE_PORT"] == "80")
        #expect(variables["MY_WEB_SERVICE_PORT_HTTP_MAIN"] == "80" && variables["MY_WEB_SERVICE_PORT_ADMIN"] == "81")
        #expect(variables["MY_WEB_PORT"] == "tcp://127.3.0.1:80")
        #expect(variables["MY_WEB_PORT_81_TCP_ADDR"] == "127.3.0.1")
    }

    @Test(
        "pods find the API server where the node does, unless a proxy with a path stands between",
        arguments: [
            ("https://10.1.2.3:6443", "10.1.2.3", "6443"), ("https://api.example.com", "api.example.com", "443"),
            ("https://[fd00::1]:8443", "fd00::1", "8443"), ("https://proxy.example.com/clusters/a", "10.96.0.1", "443"),
            ("http://127.0.0.1:8001", "10.96.0.1", "443"),
        ])
    func apiServer(url: String, host: String, port: String) {
        let ports = [ServicePort(name: "https", port: 443)]
        let kubernetes = Service(
            metadata: ObjectMeta(name: "kubernetes", namespace: "default"),
            spec: ServiceSpec(ports: ports, clusterIP: "10.96.0.1"))
        let told = ServiceEnvironment.apiServer(kubernetes, at: url)
        // In its own namespace it is among the links as well, and not told twice.
        let variables = ServiceEnvironment.variables(apiServer: told, links: [kubernetes])
        #expect(variables["KUBERNETES_SERVICE_HOST"] == host && variables["KUBERNETES_SERVICE_PORT"] == port)
        #expect(variables["KUBERNETES_SERVICE_PORT_HTTPS"] == port)
        #expect(variables["KUBERNETES_PORT"] == "tcp://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        #expect(variables["KUBERNETES_PORT_\(port)_TCP_ADDR"] == host)
    }

    @Test("a pod's address is its own while it lives, and is given again only after the others")
    func addresses() {
        let block = LoopbackNetwork(seed: "test").pods(ofNode: 3)
        let addresses = PodAddresses(block)
        let all = (0..<block.capacity).compactMap { addresses.assign(to: "p\($0)", before: nil) }
        #expect(Set(all).count == 254 && all.allSatisfy { $0.hasPrefix("127.") })
        #expect(addresses.assign(to: "late", before: nil) == nil)
        addresses.release("p7")
        addresses.release("p9")
        #expect(addresses.assign(to: "back", before: all[9]) == all[9])
        #expect(addresses.assign(to: "other", before: all[9]) == all[7])
        #expect(addresses.assign(to: "back", before: all[9]) == all[9])
    }
}

@Suite("Directories that change at once")
struct AtomicDirectoryTests {
    @Test("readers see all old files or all new ones, through links that lead to the present ones")
    func replacement() throws {
        let directory = try TemporaryDirectory()
        let volume = AtomicDirectory(path: directory.path + "/volume")
        func file(_ path: String, _ text: String) -> VolumeFile {
            VolumeFile(path: path, bytes: Array(text.utf8), mode: 0o600)
        }
        try volume.replace(with: [file("a", "1"), file("sub/b", "1")])
        #expect(directory.read("volume/a") == "1" && directory.read("volume/sub/b") == "1")
        let data = Files.real(volume.path + "/..data")
        try volume.replace(with: [file("a", "2"), file("c", "2")])
        #expect(directory.read("volume/a") == "2" && directory.read("volume/c") == "2")
        #expect(directory.read("volume/sub/b") == nil)
        #expect(Files.real(volume.path + "/..data") != data && !Files.exists(data))
        #expect(Files.isLink(volume.path + "/a") && Files.isLink(volume.path + "/..data"))
        #expect(Set(Files.names(in: volume.path).filter { !$0.hasPrefix("..") }) == ["a", "c"])
    }
}
