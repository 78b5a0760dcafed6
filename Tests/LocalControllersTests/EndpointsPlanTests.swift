import KubernetesModel
import Testing

@testable import LocalControllers

@Suite struct EndpointsPlanTests {
    private func service(_ adjust: (inout ServiceSpec) -> Void = { _ in }) -> Service {
        Samples.webService(portName: "", adjust)
    }

    private func addresses(_ subset: EndpointSubset?) -> [[String]] {
        [subset?.addresses, subset?.notReadyAddresses].map { ($0 ?? []).map(\.ip) }
    }

    @Test func `Ready pods stand among the addresses, others beside them, and those that end nowhere`() {
        var ended = Samples.webPod("e", ip: "127.0.0.5")
        ended.status?.phase = "Failed"
        let pods = [
            Samples.webPod("b", ip: "127.0.0.2"), Samples.webPod("a", ip: "127.0.0.1"),
            Samples.webPod("c", ip: "127.0.0.3", ready: false),
            Samples.webPod("d", ip: "127.0.0.4", deleting: true), Samples.webPod("f", ip: nil), ended,
        ]
        let endpoints = EndpointsPlan.endpoints(service(), pods: pods, present: nil)
        #expect(endpoints.key == ObjectKey(namespace: "n", name: "web"))
        #expect(endpoints.metadata.labels == ["team": "a", EndpointsPlan.managerLabel: EndpointsPlan.manager])
        #expect(endpoints.subsets?.count == 1)
        #expect(addresses(endpoints.subsets?.first) == [["127.0.0.1", "127.0.0.2"], ["127.0.0.3"]])
        #expect(endpoints.subsets?.first?.ports == [EndpointPort(protocol: "TCP", port: 8080)])
        #expect(endpoints.subsets?.first?.addresses?[0].targetRef?.uid == "uid-a")
        let all = EndpointsPlan.endpoints(
            service { $0.publishNotReadyAddresses = true }, pods: pods, present: nil)
        #expect(addresses(all.subsets?.first) == [["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"], []])
    }

    @Test func `Pods whose named port differs stand in subsets of their own, one without it in none`() {
        var bare = Samples.webPod("c", ip: "127.0.0.3")
        bare.spec.containers[0].ports = nil
        let pods = [Samples.webPod("a", ip: "127.0.0.1", port: 9090), Samples.webPod("b", ip: "127.0.0.2"), bare]
        let endpoints = EndpointsPlan.endpoints(service(), pods: pods, present: nil)
        #expect(endpoints.subsets?.map { $0.ports?.first?.port } == [8080, 9090])
        #expect(EndpointsPlan.endpoints(service(), pods: [bare], present: nil).subsets == nil)
    }

    @Test func `A headless Service needs no ports, and its pods may have names of their own`() {
        var named = Samples.webPod("a", ip: "127.0.0.1")
        (named.spec.hostname, named.spec.subdomain) = ("first", "web")
        let headless = service { spec in
            spec.clusterIP = "None"
            spec.ports = nil
        }
        let endpoints = EndpointsPlan.endpoints(headless, pods: [named], present: nil)
        #expect(endpoints.subsets?.first?.ports == nil)
        #expect(endpoints.subsets?.first?.addresses?.first?.hostname == "first")
        #expect(endpoints.metadata.labels?["service.kubernetes.io/headless"] == "")
    }

    @Test func `What is as it should be is not changed, and of too many the ready ones are kept`() {
        var present = EndpointsPlan.endpoints(service(), pods: [Samples.webPod("a", ip: "127.0.0.1")], present: nil)
        present.metadata.uid = "endpoints"
        present.metadata.resourceVersion = "7"
        #expect(
            EndpointsPlan.endpoints(service(), pods: [Samples.webPod("a", ip: "127.0.0.1")], present: present)
                == present)
        let crowd = (0..<EndpointsPlan.addressLimit + 5).map { index in
            Samples.webPod("p\(index)", ip: "127.1.\(index / 250).\(index % 250 + 1)", ready: index != 0)
        }
        let full = EndpointsPlan.endpoints(service(), pods: crowd, present: present)
        #expect(full.subsets?.first?.addresses?.count == EndpointsPlan.addressLimit)
        #expect(full.subsets?.first?.notReadyAddresses == nil)
        #expect(full.metadata.annotations?["endpoints.kubernetes.io/over-capacity"] == "truncated")
        let again = EndpointsPlan.endpoints(service(), pods: [Samples.webPod("a", ip: "127.0.0.1")], present: full)
        #expect(again.metadata.annotations?["endpoints.kubernetes.io/over-capacity"] == nil)
    }
}
