import HTTPTransport
import StructuredData
import Testing

@testable import LocalAPIServer

@Suite("Workloads: defaults and validation", .timeLimit(.minutes(1)))
struct WorkloadTests {
    private static let jobs = "/apis/batch/v1/namespaces/default/jobs"
    private static let controllers = "/api/v1/namespaces/default/replicationcontrollers"
    private static let merge = "application/merge-patch+json"

    private static func job(_ name: String, _ more: JSON = [:], policy: String? = "Never") -> JSON {
        var pod: JSON = ["containers": [["name": "c", "image": "example.com/a:1"]]]
        if let policy { pod["restartPolicy"] = .string(policy) }
        var spec: JSON = ["template": ["spec": pod]]
        for (key, value) in more.objectValue ?? [:] { spec[key] = value }
        return ["metadata": ["name": .string(name)], "spec": spec]
    }

    private static func controller(_ name: String, _ more: JSON = [:]) -> JSON {
        var spec: JSON = [
            "template": [
                "metadata": ["labels": ["app": .string(name)]],
                "spec": ["containers": [["name": "c", "image": "example.com/a:1"]]],
            ]
        ]
        for (key, value) in more.objectValue ?? [:] { spec[key] = value }
        return ["metadata": ["name": .string(name)], "spec": spec]
    }

    @Test func `a job that says only how many pods work at once is not given a number that must succeed`() async throws
    {
        try await APIServerFixture.withServer { server in
            let plain = try await server.send(.post, Self.jobs, Self.job("plain"))
            let spec = try #require(plain.json["spec"])
            #expect(spec["completions"] == 1)
            #expect(spec["parallelism"] == 1)
            #expect(spec["backoffLimit"] == 6)
            #expect(spec["completionMode"] == "NonIndexed")
            #expect(spec["suspend"] == false)
            #expect(spec["podReplacementPolicy"] == "TerminatingOrFailed")
            #expect(
                spec["selector"]?["matchLabels"]?["batch.kubernetes.io/controller-uid"]
                    == plain.json["metadata"]?["uid"])
            let queue = try await server.send(.post, Self.jobs, Self.job("queue", ["parallelism": 3]))
            #expect(queue.json["spec"]?["parallelism"] == 3)
            #expect(queue.json["spec"]?["completions"] == nil)
            let indexed = try await server.send(
                .post, Self.jobs,
                Self.job(
                    "indexed", ["completionMode": "Indexed", "completions": 2, "backoffLimitPerIndex": 1]))
            #expect(indexed.json["spec"]?["backoffLimit"] == 2_147_483_647)
            let careful = try await server.send(
                .post, Self.jobs,
                Self.job(
                    "careful",
                    [
                        "podFailurePolicy": [
                            "rules": [["action": "Ignore", "onPodConditions": [["type": "DisruptionTarget"]]]]
                        ]
                    ]))
            #expect(careful.json["spec"]?["podReplacementPolicy"] == "Failed", "\(careful.text)")
            #expect(
                careful.json["spec"]?["podFailurePolicy"]?["rules"]?[0]?["onPodConditions"]?[0]?["status"] == "True")
        }
    }

    private static let refused: [(name: String, job: JSON, field: String)] = [
        ("restarts for ever", job("j", policy: "Always"), "spec.template.spec.restartPolicy"),
        ("says nothing of restarts", job("j", policy: nil), "spec.template.spec.restartPolicy"),
        ("negative completions", job("j", ["completions": -1]), "spec.completions"),
        ("negative retries", job("j", ["backoffLimit": -1]), "spec.backoffLimit"),
        ("negative deadline", job("j", ["activeDeadlineSeconds": -1]), "spec.activeDeadlineSeconds"),
        ("negative time to live", job("j", ["ttlSecondsAfterFinished": -1]), "spec.ttlSecondsAfterFinished"),
        ("no such mode", job("j", ["completionMode": "Sorted"]), "spec.completionMode"),
        (
            "indexed without end", job("j", ["completionMode": "Indexed", "parallelism": 2]), "spec.completions"
        ),
        ("retries per index of nothing", job("j", ["backoffLimitPerIndex": 1]), "spec.backoffLimitPerIndex"),
        (
            "failures looked at where pods restart",
            job("j", ["podFailurePolicy": ["rules": []]], policy: "OnFailure"), "spec.template.spec.restartPolicy"
        ),
    ]

    @Test func `a job that cannot be is refused, field by field`() async throws {
        try await APIServerFixture.withServer { server in
            for test in Self.refused {
                let answer = try await server.send(.post, Self.jobs, test.job)
                #expect(answer.status == 422, "\(test.name): \(answer.text)")
                let fields = answer.json["details"]?["causes"]?.arrayValue?.compactMap { $0["field"]?.stringValue }
                #expect(fields?.contains(test.field) == true, "\(test.name): \(answer.text)")
            }
        }
    }

    @Test func `the pods of a job stay as they began`() async throws {
        try await APIServerFixture.withServer { server in
            _ = try await server.send(.post, Self.jobs, Self.job("j"))
            for change: JSON in [
                ["completions": 3], ["completionMode": "Indexed"], ["selector": ["matchLabels": ["a": "b"]]],
                ["template": ["spec": ["nodeSelector": ["a": "b"]]]],
            ] {
                let answer = try await server.send(.patch, Self.jobs + "/j", ["spec": change], type: Self.merge)
                #expect(answer.status == 422, "\(change): \(answer.text)")
            }
            let wider = try await server.send(
                .patch, Self.jobs + "/j", ["spec": ["parallelism": 4, "suspend": true]], type: Self.merge)
            #expect(wider.status == 200)
            let placed = try await server.send(
                .patch, Self.jobs + "/j", ["spec": ["template": ["spec": ["nodeSelector": ["a": "b"]]]]],
                type: Self.merge)
            #expect(placed.status == 200, "\(placed.text)")
        }
    }

    @Test func `a schedule that cannot be read is refused, and so is a name that its jobs could not bear`() async throws
    {
        let path = "/apis/batch/v1/namespaces/default/cronjobs"
        func cronJob(_ name: String, _ schedule: String) -> JSON {
            [
                "metadata": ["name": .string(name)],
                "spec": ["schedule": .string(schedule), "jobTemplate": ["spec": Self.job("j")["spec"] ?? [:]]],
            ]
        }
        try await APIServerFixture.withServer { server in
            let good = try await server.send(.post, path, cronJob("good", "*/1 * * * ?"))
            #expect(good.status == 201, "\(good.text)")
            #expect(good.json["spec"]?["concurrencyPolicy"] == "Allow")
            #expect(good.json["spec"]?["successfulJobsHistoryLimit"] == 3)
            #expect(good.json["spec"]?["jobTemplate"]?["spec"]?["backoffLimit"] == 6)
            for schedule in ["", "* * *", "61 * * * *", "* * * * mond", "5-1 * * * *", "*/0 * * * *"] {
                let answer = try await server.send(.post, path, cronJob("bad", schedule))
                #expect(answer.status == 422, "\(schedule)")
                let fields = answer.json["details"]?["causes"]?.arrayValue?.compactMap { $0["field"]?.stringValue }
                #expect(fields == ["spec.schedule"], "\(schedule): \(answer.text)")
            }
            let long = try await server.send(.post, path, cronJob(String(repeating: "x", count: 53), "@daily"))
            #expect(long.status == 422)
        }
    }

    @Test func `a pod with scheduling gates says so, and is bound only once they are gone`() async throws {
        try await APIServerFixture.withServer { server in
            let pods = "/api/v1/namespaces/default/pods"
            let created = try await server.send(
                .post, pods,
                [
                    "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "gated"],
                    "spec": [
                        "containers": [["name": "c", "image": "i"]], "schedulingGates": [["name": "example.com/wait"]],
                    ],
                ])
            #expect(created.status == 201)
            let condition = created.json["status"]?["conditions"]?[0]
            #expect(condition?["type"] == "PodScheduled" && condition?["reason"] == "SchedulingGated")
            let binding: JSON = [
                "apiVersion": "v1", "kind": "Binding", "metadata": ["name": "gated"],
                "target": ["kind": "Node", "name": "n"],
            ]
            #expect(try await server.send(.post, "\(pods)/gated/binding", binding).status == 409)
            var open = created.json
            open["spec"]?["schedulingGates"] = nil
            #expect(try await server.send(.put, "\(pods)/gated", open).status == 200)
            #expect(try await server.send(.post, "\(pods)/gated/binding", binding).status == 201)
            let bound = try await server.send(.get, "\(pods)/gated").json
            #expect(bound["status"]?["conditions"]?.arrayValue?.count == 1)
            #expect(bound["status"]?["conditions"]?[0]?["status"] == "True")
        }
    }

    @Test func `a replication controller selects what its template makes, and leaves it behind`() async throws {
        try await APIServerFixture.withServer { server in
            let created = try await server.send(.post, Self.controllers, Self.controller("rc", ["replicas": 2]))
            #expect(created.status == 201, "\(created.text)")
            #expect(created.json["spec"]?["selector"] == ["app": "rc"])
            #expect(created.json["metadata"]?["labels"] == ["app": "rc"])
            #expect(created.json["status"] == ["replicas": 0])
            let scale = try await server.send(
                .patch, Self.controllers + "/rc/scale", ["spec": ["replicas": 5]], type: Self.merge)
            #expect(scale.json["spec"]?["replicas"] == 5, "\(scale.text)")
            #expect(scale.json["status"]?["selector"] == "app=rc")
            let mismatched = try await server.send(
                .post, Self.controllers, Self.controller("other", ["selector": ["app": "x"]]))
            #expect(mismatched.status == 422)

            // Nobody says what becomes of its pods: they stay, and so does it until they are let go.
            let deleted = try await server.send(.delete, Self.controllers + "/rc")
            #expect(deleted.json["metadata"]?["finalizers"] == ["orphan"])
            let background = try await server.send(
                .delete, Self.controllers + "/rc", ["propagationPolicy": "Background"])
            #expect(background.json["kind"] == "Status", "\(background.text)")
            #expect(try await server.send(.get, Self.controllers + "/rc").status == 404)
        }
    }

    @Test func `who deletes a job without a word about its pods is warned that they stay`() async throws {
        try await APIServerFixture.withServer { server in
            for (name, options, warns): (String, JSON?, Bool) in [
                ("a", .none, true), ("b", ["propagationPolicy": "Background"], false),
            ] {
                _ = try await server.send(.post, Self.jobs, Self.job(name))
                let answer = try await server.send(.delete, "\(Self.jobs)/\(name)", options)
                #expect(answer.status == 200)
                #expect((answer.headers["Warning"] ?? "").contains("child pods are preserved") == warns, "\(name)")
            }
        }
    }

    @Test func `an autoscaler is one object in both versions, and nothing is lost between them`() async throws {
        try await APIServerFixture.withServer { server in
            func path(_ version: String) -> String {
                "/apis/autoscaling/\(version)/namespaces/default/horizontalpodautoscalers"
            }
            let target: JSON = ["kind": "Deployment", "name": "d", "apiVersion": "apps/v1"]
            let plain = try await server.send(
                .post, path("v1"),
                ["metadata": ["name": "plain"], "spec": ["scaleTargetRef": target, "maxReplicas": 3]])
            #expect(plain.json["spec"]?["targetCPUUtilizationPercentage"] == 80, "\(plain.text)")
            let memory: JSON = [
                "type": "Resource",
                "resource": ["name": "memory", "target": ["type": "Utilization", "averageUtilization": 60]],
            ]
            let cpu: JSON = [
                "type": "Resource",
                "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": 50]],
            ]
            let created = try await server.send(
                .post, path("v2"),
                [
                    "metadata": ["name": "h"],
                    "spec": ["scaleTargetRef": target, "maxReplicas": 3, "metrics": [memory, cpu]],
                ])
            #expect(created.status == 201, "\(created.text)")
            let older = try await server.send(.get, path("v1") + "/h")
            #expect(older.json["apiVersion"] == "autoscaling/v1")
            #expect(older.json["spec"]?["targetCPUUtilizationPercentage"] == 50)
            #expect(older.json["spec"]?["metrics"] == nil)
            var changed = older.json
            changed.set(9, at: ["spec", "maxReplicas"])
            let written = try await server.send(.put, path("v1") + "/h", changed)
            #expect(written.status == 200, "\(written.text)")
            let newer = try await server.send(.get, path("v2") + "/h")
            #expect(newer.json["spec"]?["maxReplicas"] == 9)
            #expect(newer.json["spec"]?["metrics"]?.arrayValue?.contains(memory) == true)
            #expect(newer.json["spec"]?["metrics"]?.arrayValue?.contains(cpu) == true)
            #expect(newer.json["metadata"]?["annotations"]?.objectValue?.isEmpty ?? true)
        }
    }

    @Test func `the server is a service of its own cluster`() async throws {
        try await APIServerFixture.withServer { server in
            let service = try await server.send(.get, "/api/v1/namespaces/default/services/kubernetes")
            #expect(service.json["spec"]?["ports"]?[0]?["port"] == 443)
            #expect(service.json["spec"]?["clusterIP"]?.stringValue?.isEmpty == false)
            #expect(service.json["metadata"]?["labels"] == ["component": "apiserver", "provider": "kubernetes"])
        }
    }
}
