import KubernetesModel
import Testing

@testable import LocalControllers

@Suite struct EndpointPlanTests {
    private func service(_ adjust: (inout ServiceSpec) -> Void = { _ in }) -> Service {
        Samples.webService(portName: "web", adjust)
    }

    /// As the server would store what was planned.
    private func stored(_ plan: EndpointPlan) -> [EndpointSlice] {
        plan.writes.enumerated().map { index, slice in
            var slice = slice
            if slice.metadata.name == nil { slice.metadata.name = "web-\(index)" }
            return slice
        }
    }

    @Test func `Pods with an address become endpoints, with what they are ready for`() throws {
        var ended = Samples.webPod("e", ip: "127.0.0.5")
        ended.status?.phase = "Succeeded"
        let plan = EndpointPlan(
            service(),
            pods: [
                Samples.webPod("a", ip: "127.0.0.1"), Samples.webPod("b", ip: "127.0.0.2", ready: false),
                Samples.webPod("c", ip: nil),
                Samples.webPod("d", ip: "127.0.0.4", deleting: true), ended,
            ], slices: [])
        let slice = try #require(plan.writes.first)
        #expect(plan.writes.count == 1 && slice.metadata.generateName == "web-")
        #expect(slice.ports == [EndpointPort(name: "web", protocol: "TCP", port: 8080)])
        #expect(
            slice.metadata.labels == [
                "team": "a", EndpointPlan.serviceLabel: "web", EndpointPlan.managerLabel: EndpointPlan.manager,
            ])
        let conditions = (slice.endpoints ?? []).map { ($0.addresses[0], $0.conditions) }
        #expect(conditions.map(\.0) == ["127.0.0.1", "127.0.0.2", "127.0.0.4"])
        #expect(conditions[0].1 == EndpointConditions(ready: true, serving: true, terminating: false))
        #expect(conditions[1].1 == EndpointConditions(ready: false, serving: false, terminating: false))
        #expect(conditions[2].1 == EndpointConditions(ready: false, serving: true, terminating: true))
        #expect(slice.endpoints?[0].targetRef?.uid == "uid-a")
    }

    @Test func `Pods whose named port differs stand in slices of their own`() {
        let pods = [Samples.webPod("a", ip: "127.0.0.1"), Samples.webPod("b", ip: "127.0.0.2", port: 9090)]
        let plan = EndpointPlan(service(), pods: pods, slices: [])
        #expect(Set(plan.writes.map { $0.ports?.first?.port }) == [8080, 9090])
    }

    @Test func `Nothing is written where nothing changed, and one slice where one pod did`() {
        let pods = (0..<250).map { Samples.webPod("p\($0 + 1000)", ip: "127.0.1.\($0)") }
        let slices = stored(EndpointPlan(service(), pods: pods, slices: []))
        #expect(slices.map { $0.endpoints?.count ?? 0 } == [100, 100, 50])
        let same = EndpointPlan(service(), pods: pods, slices: slices)
        #expect(same.writes.isEmpty && same.removals.isEmpty)
        var changed = pods
        changed.remove(at: 3)
        let one = EndpointPlan(service(), pods: changed, slices: slices)
        #expect(one.writes.map { $0.endpoints?.count ?? 0 } == [99] && one.removals.isEmpty)
        changed.append(Samples.webPod("new", ip: "127.0.2.1"))
        let filled = EndpointPlan(service(), pods: changed, slices: slices)
        #expect(filled.writes.map { $0.endpoints?.count ?? 0 } == [100])
    }

    @Test func `Without endpoints one empty slice stands for the Service, and no second one is made`() {
        let first = EndpointPlan(service(), pods: [], slices: [])
        #expect(first.writes.count == 1 && first.writes[0].endpoints == [])
        let again = EndpointPlan(service(), pods: [], slices: stored(first))
        #expect(again.writes.isEmpty && again.removals.isEmpty)
        let filled = EndpointPlan(service(), pods: [Samples.webPod("a", ip: "127.0.0.1")], slices: stored(first))
        #expect(filled.writes.count == 1 && filled.removals.count == 1)
    }

    @Test func `A Service may publish pods that are not ready`() {
        let plan = EndpointPlan(
            service { $0.publishNotReadyAddresses = true },
            pods: [
                Samples.webPod("a", ip: "127.0.0.1", ready: false),
                Samples.webPod("b", ip: "127.0.0.2", deleting: true),
            ], slices: [])
        let conditions = plan.writes[0].endpoints?.map(\.conditions)
        #expect(
            conditions == [
                EndpointConditions(ready: true, serving: false, terminating: false),
                EndpointConditions(ready: true, serving: true, terminating: true),
            ])
    }
}
