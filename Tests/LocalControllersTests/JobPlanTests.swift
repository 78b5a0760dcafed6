import KubernetesModel
import StructuredData
import Testing

@testable import LocalControllers

@Suite struct JobPlanTests {
    private static let now: Int64 = 1_000_000

    private func job(
        _ status: JobStatus? = nil, restartPolicy: String = "Never", _ adjust: (inout JobSpec) -> Void = { _ in }
    ) -> Templated<Job> {
        var spec = JobSpec(parallelism: 1, completions: 1, template: PodTemplateSpec())
        adjust(&spec)
        let job = Job(
            metadata: ObjectMeta(name: "job", namespace: "n", uid: "job", generation: 1), spec: spec, status: status)
        return Templated(job, template: ["spec": ["restartPolicy": .string(restartPolicy)]])
    }

    private func pod(
        _ name: String, _ phase: String, tracked: Bool = true, ended: Int64? = nil, restarts: Int = 0,
        index: Int? = nil, deleting: Bool = false
    ) -> Pod {
        var pod = Samples.pod(name, phase: phase, ready: phase == "Running", restarts: restarts, deleting: deleting)
        if tracked { pod.metadata.finalizers = [JobNames.trackingFinalizer] }
        if let index { pod.metadata.annotations = [JobNames.completionIndex: String(index)] }
        if let ended {
            pod.status?.containerStatuses?[0].state = ContainerState(
                terminated: ContainerStateTerminated(exitCode: 1, finishedAt: Timestamp.text(seconds: ended)))
        }
        return pod
    }

    private func plan(_ job: Templated<Job>, _ pods: [Pod], at now: Int64 = now) -> JobPlan {
        JobPlan(job, pods: pods, now: now)
    }

    @Test func `A success is written down, let go, and then counted, once`() {
        let ended = pod("a", "Succeeded")
        let first = plan(job(), [ended])
        #expect(first.status.succeeded ?? 0 == 0)
        #expect(first.status.uncountedTerminatedPods == ["succeeded": ["uid-a"]])
        #expect(first.released.map(\.metadata.name) == ["a"])
        #expect(first.status.isTrue("SuccessCriteriaMet") && !first.status.isTrue("Complete"))
        // The same once more, as after a crash before the finalizer was off.
        let again = plan(job(first.status), [ended])
        #expect(again.status.uncountedTerminatedPods == ["succeeded": ["uid-a"]] && again.released.count == 1)
        let last = plan(job(again.status), [pod("a", "Succeeded", tracked: false)])
        #expect(last.status.succeeded == 1 && last.status.uncountedTerminatedPods == [:])
        #expect(last.status.isTrue("Complete") && last.status.completionTime != nil && last.news == [.completed])
        // Gone altogether, it is counted no second time.
        #expect(plan(job(last.status), []).status.succeeded == 1)
    }

    @Test func `Pods are created up to parallelism, and no more than are still needed`() {
        let wide = job { spec in
            spec.parallelism = 3
            spec.completions = 4
        }
        #expect(plan(wide, []).creationCount == 3)
        #expect(plan(wide, [pod("a", "Running")]).creationCount == 2)
        let done = JobStatus(succeeded: 3)
        #expect(
            plan(
                job(done) { spec in
                    spec.parallelism = 3
                    spec.completions = 4
                }, []
            ).creationCount == 1)
        let narrow = plan(job { $0.completions = 9 }, [pod("a", "Running"), pod("b", "Pending")])
        #expect(narrow.creationCount == 0 && narrow.surplus.map(\.metadata.name) == ["b"])
        // Its finalizer goes first, so that its end counts as nothing.
        #expect(narrow.released.map(\.metadata.name) == ["b"])
    }

    @Test(arguments: [(1, 10), (2, 20), (3, 40), (7, 600)])
    func `The pause doubles with each failure in a row`(failures: Int, seconds: Int64) {
        let failed = (0..<failures).map { pod("f\($0)", "Failed", tracked: false, ended: Self.now) }
        let limited = job { $0.backoffLimit = 100 }
        let waiting = plan(limited, failed)
        #expect(waiting.creationCount == 0 && waiting.lookAgainAfterSeconds == seconds)
        #expect(plan(limited, failed, at: Self.now + seconds).creationCount == 1)
    }

    @Test func `A success ends the row of failures`() {
        let pods = [
            pod("a", "Failed", tracked: false, ended: Self.now - 5),
            pod("b", "Succeeded", tracked: false, ended: Self.now - 1),
        ]
        #expect(plan(job(JobStatus(succeeded: 1, failed: 1)) { $0.completions = 2 }, pods).creationCount == 1)
    }

    @Test func `More failures than the limit end the job with its other pods`() {
        let limited = job(JobStatus(failed: 1)) { spec in
            spec.backoffLimit = 1
            spec.parallelism = 2
            spec.completions = 2
        }
        let first = plan(limited, [pod("a", "Failed"), pod("b", "Running")])
        #expect(first.status.condition("FailureTarget")?.reason == "BackoffLimitExceeded")
        #expect(first.condemned.map(\.metadata.name) == ["b"] && !first.status.isTrue("Failed"))
        let waiting = plan(
            job(first.status) { $0.backoffLimit = 1 },
            [pod("a", "Failed", tracked: false), pod("b", "Running", deleting: true)])
        #expect(!waiting.status.isTrue("Failed") && waiting.status.terminating == 1)
        let last = plan(job(waiting.status) { $0.backoffLimit = 1 }, [])
        #expect(last.status.isTrue("Failed") && last.status.failed == 3 && last.status.completionTime == nil)
    }

    @Test func `Restarts in place count against the limit where the policy is OnFailure`() {
        let pods = [pod("a", "Running", restarts: 2)]
        #expect(!plan(job(restartPolicy: "Never") { $0.backoffLimit = 2 }, pods).status.isTrue("FailureTarget"))
        #expect(plan(job(restartPolicy: "OnFailure") { $0.backoffLimit = 2 }, pods).status.isTrue("FailureTarget"))
        #expect(!plan(job(restartPolicy: "OnFailure") { $0.backoffLimit = 3 }, pods).status.isTrue("FailureTarget"))
    }

    @Test func `A pod that is asked to end counts as failed at once, unless only failed ones are replaced`() {
        let pods = [pod("a", "Running", deleting: true)]
        let soon = plan(job(), pods)
        #expect(soon.status.uncountedTerminatedPods == ["failed": ["uid-a"]])
        let late = plan(job { $0.podReplacementPolicy = "Failed" }, pods)
        #expect(late.status.uncountedTerminatedPods == [:] && late.creationCount == 0)
    }

    @Test func `Of an Indexed job the lowest missing indexes come next`() {
        let status = JobStatus(completedIndexes: "0,2-3")
        let indexed = job(status) { spec in
            spec.completionMode = "Indexed"
            spec.completions = 7
            spec.parallelism = 3
        }
        let step = plan(indexed, [pod("a", "Running", index: 1), pod("b", "Succeeded", index: 4)])
        #expect(step.status.completedIndexes == "0,2-4" && step.status.succeeded == 4)
        #expect(step.creationIndexes == [5, 6])
        #expect(step.released.map(\.metadata.name) == ["b"])
    }

    @Test(
        arguments: [
            ("0-3,5", 10, "0-3,5"), ("1,2", 10, "1,2"), ("0-9", 4, "0-3"), ("", 3, nil), ("nonsense,2", 3, "2"),
        ] as [(String, Int, String?)])
    func `Completed indexes are read and written as ranges`(text: String, completions: Int, written: String?) {
        #expect(JobIndexes(text, completions: completions).text == written)
    }

    @Test func `A finished job waits for its time to live, then it is expired`() {
        let time = Timestamp.text(seconds: Self.now)
        let status = JobStatus(conditions: [JobCondition(type: "Complete", status: "True", lastTransitionTime: time)])
        let finished = job(status) { $0.ttlSecondsAfterFinished = 30 }
        #expect(plan(finished, [], at: Self.now + 10).lookAgainAfterSeconds == 20)
        #expect(plan(finished, [], at: Self.now + 30).isExpired)
        #expect(!plan(job(status), [], at: Self.now + 1_000).isExpired)
        // Its end itself starts the clock, and is written before it goes.
        let ending = JobStatus(conditions: [JobCondition(type: "FailureTarget", status: "True")])
        #expect(plan(job(ending) { $0.ttlSecondsAfterFinished = 5 }, []).lookAgainAfterSeconds == 5)
        let brief = plan(job(ending) { $0.ttlSecondsAfterFinished = 0 }, [])
        #expect(brief.lookAgainAfterSeconds == 0 && !brief.isExpired && brief.status.isTrue("Failed"))
    }
}
