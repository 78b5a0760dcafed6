import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

/// What jobs do about failed pods, about indexes, and about successes that are enough.
@Suite struct JobPolicyTests {
    private static let now: Int64 = 1_000_000

    private func job(_ status: JobStatus? = nil, _ adjust: (inout JobSpec) -> Void) -> Templated<Job> {
        var spec = JobSpec(parallelism: 2, completions: 4, template: PodTemplateSpec(), completionMode: "Indexed")
        adjust(&spec)
        let job = Job(
            metadata: ObjectMeta(name: "job", namespace: "n", uid: "job", generation: 1), spec: spec, status: status)
        return Templated(job, template: ["spec": ["restartPolicy": "Never"]])
    }

    private func pod(
        _ name: String, _ phase: String, index: Int? = nil, exitCode: Int = 1, failures: Int? = nil,
        condition: String? = nil, deleting: Bool = false
    ) -> Pod {
        var pod = Samples.pod(name, phase: phase, ready: phase == "Running", deleting: deleting)
        pod.metadata.finalizers = [JobNames.trackingFinalizer]
        pod.metadata.annotations = [:]
        if let index { pod.metadata.annotations?[JobNames.completionIndex] = String(index) }
        if let failures { pod.metadata.annotations?[IndexFailures.countedAnnotation] = String(failures) }
        if phase == "Failed" {
            pod.status?.containerStatuses?[0].state = ContainerState(
                terminated: ContainerStateTerminated(
                    exitCode: exitCode, finishedAt: Timestamp.text(seconds: Self.now)))
        }
        if let condition { pod.status?.conditions?.append(PodCondition(type: condition, status: "True")) }
        return pod
    }

    private func plan(_ job: Templated<Job>, _ pods: [Pod], at now: Int64 = now) -> JobPlan {
        JobPlan(job, pods: pods, now: now)
    }

    private static func rule(_ action: String, _ operator: String, _ codes: [Int]) -> JSON {
        [
            "action": .string(action),
            "onExitCodes": ["operator": .string(`operator`), "values": .array(codes.map { JSON($0) })],
        ]
    }

    private static func verdict(_ rules: [JSON], on pod: Pod) -> PodFailurePolicy.Verdict {
        PodFailurePolicy(["rules": .array(rules)]).verdict(on: pod)
    }

    @Test func `The first rule that matches a failed pod decides`() {
        let failed = pod("a", "Failed", exitCode: 42, condition: "DisruptionTarget")
        let disrupted: JSON = ["action": "Ignore", "onPodConditions": [["type": "DisruptionTarget"]]]
        #expect(Self.verdict([Self.rule("FailJob", "In", [1]), disrupted], on: failed) == .ignored)
        #expect(
            Self.verdict([Self.rule("Count", "NotIn", [42]), Self.rule("FailJob", "In", [3, 42])], on: failed)
                == .failsJob("Container main for pod n/a failed with exit code 42 matching FailJob rule at index 1"))
        #expect(Self.verdict([Self.rule("FailIndex", "NotIn", [1])], on: failed) == .failsIndex)
        let healthy: JSON = [
            "action": "FailJob", "onPodConditions": [["type": "DisruptionTarget", "status": "False"]],
        ]
        #expect(Self.verdict([healthy], on: failed) == .counts)
        let always: JSON = ["action": "FailJob", "onPodConditions": [["type": "DisruptionTarget", "status": "True"]]]
        #expect(
            Self.verdict([always], on: failed)
                == .failsJob("Pod n/a has condition DisruptionTarget matching FailJob rule at index 0"))
        var other = Self.rule("FailJob", "In", [42])
        other["onExitCodes"]?["containerName"] = "sidecar"
        #expect(Self.verdict([other], on: failed) == .counts)
    }

    @Test func `A pod whose failure is ignored is let go uncounted, one that fails the job ends it`() {
        let policy: JSON = [
            "rules": [Self.rule("Ignore", "In", [5]), Self.rule("FailJob", "In", [42])]
        ]
        let forgiving = job { spec in
            spec.completionMode = nil
            spec.podFailurePolicy = policy
            spec.podReplacementPolicy = "Failed"
            spec.backoffLimit = 0
        }
        let ignored = plan(forgiving, [pod("a", "Failed", exitCode: 5), pod("b", "Running")])
        #expect(ignored.released.map(\.metadata.name) == ["a"])
        #expect(ignored.status.uncountedTerminatedPods == [:] && ignored.status.conditions == nil)
        let fatal = plan(forgiving, [pod("a", "Failed", exitCode: 42), pod("b", "Running")])
        #expect(fatal.status.condition("FailureTarget")?.reason == "PodFailurePolicy")
        #expect(
            fatal.status.condition("FailureTarget")?.message
                == "Container main for pod n/a failed with exit code 42 matching FailJob rule at index 1")
        #expect(fatal.condemned.map(\.metadata.name) == ["b"])
    }

    @Test func `With a limit for each index a failed pod waits for its successor, which carries the count on`() {
        let limited = job { spec in
            spec.backoffLimitPerIndex = 2
            spec.backoffLimit = Int(Int32.max)
        }
        let failed = pod("a", "Failed", index: 0, failures: 1)
        let waiting = plan(limited, [failed, pod("b", "Running", index: 1)])
        // The second failure in a row of this index alone: 20 s; meanwhile no other index needs to wait.
        #expect(waiting.creationIndexes.isEmpty && waiting.lookAgainAfterSeconds == 20)
        #expect(waiting.released.isEmpty && waiting.status.uncountedTerminatedPods == [:])
        #expect(waiting.status.failedIndexes == "")
        let next = plan(limited, [failed, pod("b", "Running", index: 1)], at: Self.now + 20)
        #expect(next.creationIndexes == [0] && next.indexFailures[0] == IndexFailures(counted: 2))
        let body = PodOfJob.indexed(["metadata": [:]], 0, of: limited, failures: next.indexFailures[0])
        #expect(body["metadata"]?["annotations"]?[IndexFailures.countedAnnotation] == "2")
        // Its successor is there: now it is counted.
        let after = plan(
            limited, [failed, pod("b", "Running", index: 1), pod("c", "Running", index: 0, failures: 2)])
        #expect(after.released.map(\.metadata.name) == ["a"])
        #expect(after.status.uncountedTerminatedPods == ["failed": ["uid-a"]])
    }

    @Test func `An index has failed at its limit, and the others go on until all are over`() {
        let limited = job(JobStatus(completedIndexes: "1-3")) { spec in
            spec.backoffLimitPerIndex = 0
            spec.backoffLimit = Int(Int32.max)
        }
        let over = plan(limited, [pod("a", "Failed", index: 0, failures: 0)])
        #expect(over.status.failedIndexes == "0" && over.status.completedIndexes == "1-3")
        #expect(over.status.condition("FailureTarget")?.reason == "FailedIndexes")
        #expect(over.released.map(\.metadata.name) == ["a"])
        let going = job(JobStatus(completedIndexes: "1")) { spec in
            spec.backoffLimitPerIndex = 0
            spec.backoffLimit = Int(Int32.max)
        }
        let more = plan(going, [pod("a", "Failed", index: 0, failures: 0)])
        #expect(!more.status.isTrue("FailureTarget") && more.creationIndexes == [2, 3])
        let strict = job(JobStatus(completedIndexes: "1")) { spec in
            spec.backoffLimitPerIndex = 0
            spec.maxFailedIndexes = 0
            spec.backoffLimit = Int(Int32.max)
        }
        let failed = plan(
            strict, [pod("a", "Failed", index: 0, failures: 0), pod("b", "Running", index: 2)])
        #expect(failed.status.condition("FailureTarget")?.reason == "MaxFailedIndexesExceeded")
        #expect(failed.condemned.map(\.metadata.name) == ["b"])
    }

    @Test func `A job that ends keeps no failed pod for a successor that will not come`() {
        let strict = job { spec in
            spec.backoffLimitPerIndex = 3
            spec.maxFailedIndexes = 0
            spec.backoffLimit = Int(Int32.max)
        }
        let waits = pod("a", "Failed", index: 0, failures: 0)
        let final = pod("b", "Failed", index: 1, failures: 3)
        #expect(Set(plan(strict, [waits, final]).released.map(\.metadata.name)) == ["a", "b"])
    }

    @Test func `FailIndex ends an index at its first failure`() {
        let limited = job { spec in
            spec.backoffLimitPerIndex = 5
            spec.podFailurePolicy = ["rules": [Self.rule("FailIndex", "In", [7])]]
        }
        let failed = plan(limited, [pod("a", "Failed", index: 2, exitCode: 7, failures: 0)])
        #expect(failed.status.failedIndexes == "2" && failed.creationIndexes == [0, 1])
    }

    @Test(
        arguments: [
            (["succeededIndexes": "0,2"], "0,2", true), (["succeededIndexes": "0,2"], "0-1", false),
            (["succeededIndexes": "0-2", "succeededCount": 2], "1-3", true),
            (["succeededIndexes": "0-2", "succeededCount": 2], "2-3", false),
            (["succeededCount": 3], "0-2", true), (["succeededCount": 3], "0,3", false),
        ] as [(JSON, String, Bool)])
    func `Successes of some indexes may be enough`(rule: JSON, succeeded: String, isMet: Bool) {
        let indexes = JobIndexes(succeeded, completions: 4)
        let never: JSON = ["succeededCount": 4]
        let message = SuccessPolicy.metRule(["rules": [never, rule]], succeeded: indexes, completions: 4)
        #expect(message == (isMet ? "Matched rules at index 1" : nil))
    }

    @Test func `When enough have succeeded the others end, and have not failed`() {
        let lenient = job { spec in spec.successPolicy = ["rules": [["succeededIndexes": "0"]]] }
        let pods = [pod("a", "Succeeded", index: 0), pod("b", "Running", index: 1)]
        let first = plan(lenient, pods)
        #expect(first.status.condition("SuccessCriteriaMet")?.reason == "SuccessPolicy")
        #expect(first.condemned.map(\.metadata.name) == ["b"])
        #expect(Set(first.released.map(\.metadata.name)) == ["a", "b"])
        // Even where it was asked to end before it was let go.
        let next = plan(
            job(first.status) { spec in spec.successPolicy = ["rules": [["succeededIndexes": "0"]]] },
            [pod("b", "Running", index: 1, deleting: true)])
        #expect(next.status.uncountedTerminatedPods == [:] && next.status.failed ?? 0 == 0)
        #expect(next.released.map(\.metadata.name) == ["b"])
        let last = plan(job(next.status) { _ in }, [])
        #expect(last.status.condition("Complete")?.reason == "SuccessPolicy" && last.news == [.completed])
    }

    @Test func `Of two pods of one index, and of those without a known one, the surplus goes`() {
        let indexed = job { $0.parallelism = 4 }
        let pods = [
            pod("a", "Running", index: 0), pod("b", "Pending", index: 0), pod("c", "Running", index: 9),
            pod("d", "Running"), pod("e", "Running", index: 1),
        ]
        #expect(Set(plan(indexed, pods).surplus.map(\.metadata.name)) == ["b", "c", "d"])
    }
}
