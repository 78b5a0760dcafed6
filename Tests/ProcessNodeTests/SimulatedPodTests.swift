import KubernetesModel
import Testing

@testable import ProcessNode

@Suite("Simulated pods")
struct SimulatedPodTests {
    private func pod(_ policy: String, _ annotations: [String: String], edit: (inout Pod) -> Void = { _ in })
        -> SimulatedPod
    {
        var pod = Pod.shell("true", restartPolicy: policy) { pod in
            pod.metadata.annotations = annotations
            pod.status = PodStatus(
                phase: "Running",
                conditions: [
                    PodCondition(type: "PodScheduled", status: "True", lastTransitionTime: "2024-01-01T00:00:00Z")
                ], startTime: "2024-01-01T00:00:00Z", qosClass: "Burstable")
        }
        edit(&pod)
        return SimulatedPod(pod)
    }

    @Test(
        "how long a pod runs is a number of seconds, or nothing",
        arguments: [("2.5", Duration.milliseconds(2500)), ("0", .zero), ("-1", nil), ("soon", nil), ("nan", nil)]
            as [(String, Duration?)])
    func runTime(text: String, time: Duration?) {
        #expect(pod("Never", [SimulatedPod.runSecondsAnnotation: text]).runTime == time)
    }

    @Test("what ends has the phase and conditions of a pod that has ended, since when it began")
    func ended() {
        let failed = pod("Never", [SimulatedPod.exitCodeAnnotation: "7"]) { pod in
            var sidecar = Container(name: "side")
            sidecar.restartPolicy = "Always"
            pod.spec.initContainers = [Container(name: "first"), sidecar]
        }
        #expect(failed.canEnd)
        let status = failed.ended(place: .here, now: "2024-01-01T00:00:09Z")
        #expect(status.phase == "Failed" && status.startTime == "2024-01-01T00:00:00Z")
        #expect(status.main?.state?.terminated?.exitCode == 7 && status.main?.state?.terminated?.reason == "Error")
        #expect(status.initContainerStatuses?.allSatisfy { $0.state?.terminated?.exitCode == 0 } == true)
        #expect(!status.isReady && status.qosClass == "Burstable")
        let scheduled = status.conditions?.first { $0.type == "PodScheduled" }
        #expect(scheduled?.lastTransitionTime == "2024-01-01T00:00:00Z")
        // What is restarted after a failure does not end by one.
        let restarted = pod("OnFailure", [SimulatedPod.exitCodeAnnotation: "7"])
        #expect(restarted.ended(place: .here, now: "2024-01-01T00:00:09Z").phase == "Succeeded")
        #expect(!pod("Always", [SimulatedPod.runSecondsAnnotation: "1"]).canEnd)
    }
}
