import FoundationEssentials
import KubernetesModel
import TestSupport
import Testing

@Suite("helm", .timeLimit(.minutes(4)))
struct HelmTests {
    /// A chart with a web server, a Service and hooks that say in what order they ran.
    private static let templates: [String: String] = [
        "web.yaml": """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{ .Release.Name }}-web}
        spec:
          replicas: {{ .Values.replicas }}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: web
                image: shell
                args: ["-c", "exec sleep 600"]
        """,
        "job.yaml": """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: {{ .Release.Name }}-work}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: main, image: shell, args: ["-c", "echo worked"]}]
        """,
        "hooks.yaml": """
        {{- range $index, $hook := list "pre-install" "post-install" "pre-upgrade" "pre-delete" }}
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: {{ $.Release.Name }}-{{ $hook }}
          annotations: {"helm.sh/hook": {{ $hook }}, "helm.sh/hook-delete-policy": before-hook-creation}
        spec:
          backoffLimit: 0
          template:
            spec:
              restartPolicy: Never
              containers: [{name: main, image: shell, args: ["-c", "echo {{ $hook }}"]}]
        ---
        {{- end }}
        """,
        "test.yaml": """
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{ .Release.Name }}-test
          annotations: {"helm.sh/hook": test}
        spec:
          restartPolicy: Never
          containers: [{name: main, image: shell, args: ["-c", "echo tested"]}]
        """,
    ]

    private static func writeChart(_ directory: String) throws -> String {
        let chart = "\(directory)/chart"
        try FileManager.default.createDirectory(atPath: "\(chart)/templates", withIntermediateDirectories: true)
        func write(_ text: String, _ name: String) throws {
            try text.write(toFile: "\(chart)/\(name)", atomically: true, encoding: .utf8)
        }
        try write("apiVersion: v2\nname: chart\nversion: 1.0.0\n", "Chart.yaml")
        try write("replicas: 1\n", "values.yaml")
        for (name, text) in templates { try write(text, "templates/\(name)") }
        return chart
    }

    @Test func `A chart with jobs, hooks and a test goes through its whole life`() async throws {
        try await RunningCluster.run { cluster in
            let chart = try Self.writeChart(cluster.directory)
            try await cluster.helm("install", "one", chart, "--wait", "--wait-for-jobs", "--timeout", "90s")
            for hook in ["pre-install", "post-install"] {
                try await cluster.object(Job.self, "one-\(hook)") { $0.status?.succeeded == 1 }
            }
            #expect(try await cluster.kubectl("logs", "job/one-work") == "worked\n")
            let tested = try await cluster.helm("test", "one", "--logs", "--timeout", "60s")
            #expect(tested.contains("tested") && tested.contains("Succeeded"), "\(tested)")
            try await cluster.helm("upgrade", "one", chart, "--set", "replicas=2", "--wait", "--timeout", "60s")
            try await cluster.object(Deployment.self, "one-web") { $0.status?.availableReplicas == 2 }
            try await cluster.helm("rollback", "one", "1", "--wait", "--timeout", "60s")
            try await cluster.object(Deployment.self, "one-web") { $0.status?.replicas == 1 }
            try await cluster.helm("uninstall", "one", "--wait", "--timeout", "60s")
            try await cluster.objects(Deployment.self) { $0.isEmpty ? true : nil }
        }
    }
}
