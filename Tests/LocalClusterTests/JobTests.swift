import FoundationEssentials
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@Suite("Jobs", .timeLimit(.minutes(3)))
struct JobTests {
    private static func isOver(_ job: Job) -> Bool {
        job.status?.conditions?.contains { ["Complete", "Failed"].contains($0.type) && $0.status == "True" } == true
    }

    private static func types(_ job: Job) -> [String] {
        (job.status?.conditions ?? []).filter { $0.status == "True" }.map(\.type)
    }

    @Test func `kubectl creates a job and waits for its completion`() async throws {
        try await RunningCluster.run { cluster in
            try await cluster.kubectl("create", "job", "hello", "--image=shell", "--", "/bin/sh", "-c", "echo done")
            try await cluster.kubectl("wait", "--for=condition=complete", "job/hello", "--timeout=60s")
            #expect(try await cluster.kubectl("logs", "job/hello") == "done\n")
            let job = try await cluster.object(Job.self, "hello", until: Self.isOver)
            #expect(Self.types(job) == ["SuccessCriteriaMet", "Complete"])
            #expect(job.status?.succeeded == 1 && job.status?.ready == 0 && job.status?.terminating == 0)
            #expect(job.status?.startTime != nil && job.status?.completionTime != nil)
            #expect(job.status?.uncountedTerminatedPods == [:])
            let table = try await cluster.kubectl("get", "jobs")
            #expect(table.contains("Complete") && table.contains("1/1"), "\(table)")
            #expect(try await cluster.kubectl("describe", "job", "hello").contains("Job completed"))
            // The pod stays for its log, and goes with the job although it carried a finalizer.
            try await cluster.objects(Pod.self, labelSelector: "job-name=hello") { pods in
                pods.count == 1 && pods[0].metadata.finalizers == nil ? true : nil
            }
            try await cluster.kubectl("delete", "job", "hello", "--timeout=30s")
            try await cluster.objects(Pod.self, labelSelector: "job-name=hello") { $0.isEmpty ? true : nil }
        }
    }

    @Test func `An Indexed job gives each index one pod, and no more than parallelism at once`() async throws {
        try await RunningCluster.run { cluster in
            let job = Shell.job("indexed", "echo \"index $JOB_COMPLETION_INDEX\"") { spec in
                spec.completions = 5
                spec.parallelism = 2
                spec.completionMode = "Indexed"
            }
            _ = try await cluster.create(job)
            let over = try await cluster.object(Job.self, "indexed", until: Self.isOver)
            #expect(over.status?.completedIndexes == "0-4" && over.status?.succeeded == 5)
            let pods = try await cluster.objects(Pod.self, labelSelector: "job-name=indexed") { $0 }
            #expect(pods.count == 5)
            for pod in pods {
                let name = pod.metadata.name ?? ""
                let index = pod.metadata.labels?["batch.kubernetes.io/job-completion-index"] ?? ""
                #expect(name.hasPrefix("indexed-\(index)-"))
                #expect(try await cluster.kubectl("logs", name) == "index \(index)\n")
            }
        }
    }

    @Test func `A job that fails more often than its limit has failed, and says why`() async throws {
        try await RunningCluster.run { cluster in
            _ = try await cluster.create(Shell.job("bad", "exit 3") { $0.backoffLimit = 0 })
            let job = try await cluster.object(Job.self, "bad", until: Self.isOver)
            #expect(Self.types(job) == ["FailureTarget", "Failed"])
            #expect(job.status?.failed == 1)
            #expect(job.status?.conditions?.last?.reason == "BackoffLimitExceeded")
            try await cluster.kubectl("wait", "--for=condition=failed", "job/bad", "--timeout=30s")
        }
    }

    @Test func `A job past its deadline ends its pods, and goes when its time to live is over`() async throws {
        try await RunningCluster.run { cluster in
            let job = Shell.job("late", "exec sleep 600") { spec in
                spec.activeDeadlineSeconds = 2
                spec.ttlSecondsAfterFinished = 1
            }
            _ = try await cluster.create(job)
            let over = try await cluster.object(Job.self, "late", until: Self.isOver)
            #expect(over.status?.conditions?.last?.reason == "DeadlineExceeded")
            try await cluster.objects(Job.self) { $0.isEmpty ? true : nil }
            try await cluster.objects(Pod.self) { $0.isEmpty ? true : nil }
        }
    }

    @Test func `A suspended job has no pods until it is resumed, and what was suspended has not failed`() async throws {
        try await RunningCluster.run { cluster in
            let job = Shell.job("held", "exec sleep 600") { spec in
                spec.suspend = true
                spec.backoffLimit = 0
            }
            _ = try await cluster.create(job)
            let held = try await cluster.object(Job.self, "held") { Self.types($0) == ["Suspended"] }
            #expect(held.status?.startTime == nil && held.status?.active == nil)
            func suspend(_ value: Bool) async throws {
                try await cluster.kubectl(
                    "patch", "job", "held", "--type=merge", "-p", "{\"spec\":{\"suspend\":\(value)}}")
            }
            try await suspend(false)
            let active = try await cluster.object(Job.self, "held") { $0.status?.active == 1 }
            #expect(active.status?.startTime != nil)
            try await suspend(true)
            let again = try await cluster.object(Job.self, "held") { job in
                job.status?.active == nil && Self.types(job) == ["Suspended"]
            }
            #expect(again.status?.failed == nil)
            try await cluster.objects(Pod.self) { $0.isEmpty ? true : nil }
        }
    }

    @Test func `Parallelism alone is a queue of work: the first success ends it`() async throws {
        try await RunningCluster.run { cluster in
            _ = try await cluster.create(Shell.job("queue", "exit 0") { $0.parallelism = 2 })
            let job = try await cluster.object(Job.self, "queue", until: Self.isOver)
            #expect(job.spec.completions == nil)
            #expect(Self.types(job).last == "Complete")
        }
    }

    @Test func `An index that fails at its limit fails alone, and the job fails once the others are over`() async throws
    {
        try await RunningCluster.run { cluster in
            let job = Shell.job("each", "test $JOB_COMPLETION_INDEX != 1") { spec in
                spec.completions = 3
                spec.parallelism = 3
                spec.completionMode = "Indexed"
                spec.backoffLimitPerIndex = 0
            }
            _ = try await cluster.create(job)
            let over = try await cluster.object(Job.self, "each", until: Self.isOver)
            #expect(Self.types(over) == ["FailureTarget", "Failed"])
            #expect(over.status?.conditions?.last?.reason == "FailedIndexes")
            #expect(over.status?.failedIndexes == "1" && over.status?.completedIndexes == "0,2")
            #expect(over.status?.failed == 1 && over.status?.succeeded == 2)
        }
    }

    @Test func `The exit code of a pod may end its job at once, and one success may be enough`() async throws {
        try await RunningCluster.run { cluster in
            let fatal = Shell.job("fatal", "exit 42") { spec in
                spec.podFailurePolicy = [
                    "rules": [["action": "FailJob", "onExitCodes": ["operator": "In", "values": [42]]]]
                ]
            }
            _ = try await cluster.create(fatal)
            let leader = Shell.job("leader", "test $JOB_COMPLETION_INDEX = 0 || exec sleep 600") { spec in
                spec.completions = 2
                spec.parallelism = 2
                spec.completionMode = "Indexed"
                spec.successPolicy = ["rules": [["succeededIndexes": "0"]]]
            }
            _ = try await cluster.create(leader)
            let failed = try await cluster.object(Job.self, "fatal", until: Self.isOver)
            let condition = failed.status?.conditions?.last
            #expect(condition?.type == "Failed" && condition?.reason == "PodFailurePolicy")
            #expect(
                condition?.message?.hasSuffix("failed with exit code 42 matching FailJob rule at index 0") == true)
            let complete = try await cluster.object(Job.self, "leader", until: Self.isOver)
            #expect(Self.types(complete) == ["SuccessCriteriaMet", "Complete"])
            #expect(complete.status?.conditions?.last?.reason == "SuccessPolicy")
            #expect(complete.status?.succeeded == 1 && complete.status?.failed ?? 0 == 0)
        }
    }
}
