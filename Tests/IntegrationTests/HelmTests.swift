import FoundationEssentials
import TestSupport
import Testing

/// An unmodified helm on the kubeconfig that `das up` prints.
@Suite("helm and das up", .timeLimit(.minutes(3)))
struct HelmTests {
    @Test func `A chart with a definition, jobs, hooks and a test goes through its whole life`() async throws {
        try await TestCluster.run("--image", "shell=/bin/sh") { cluster in
            let chart = try SampleChart.write(to: "\(cluster.directory)/chart")
            func get(_ what: String, _ path: String) async throws -> String {
                try await cluster.run(.newer, "get", what, "-o", "jsonpath={\(path)}")
            }
            try await cluster.helm("install", "one", chart, "--wait", "--wait-for-jobs", "--timeout", "60s")
            #expect(try await get("gear/one", ".spec.size") == "3")
            #expect(try await get("deployment/one", ".status.readyReplicas") == "1")
            #expect(try await get("job/one-work", ".status.succeeded") == "1")
            for hook in ["pre-install", "post-install"] {
                #expect(try await get("job/one-\(hook)", ".status.succeeded") == "1")
            }
            #expect(try await get("configmap/one", ".data.hasDeployments") == "true")
            let tested = try await cluster.helm("test", "one", "--logs", "--timeout", "60s")
            #expect(tested.contains("tested") && tested.contains("Succeeded"), "\(tested)")

            let change = ["--set", "replicas=2,greeting=hi"]
            let plan = try await cluster.helm("upgrade", "one", chart, change[0], change[1], "--dry-run=server")
            // `lookup` answers from the cluster only in a dry run by the server.
            #expect(plan.contains("greeting: hi") && plan.contains("earlier: hello"), "\(plan)")
            #expect(try await get("configmap/one", ".data.greeting") == "hello")
            try await cluster.helm("upgrade", "one", chart, change[0], change[1], "--wait", "--timeout", "60s")
            #expect(try await get("configmap/one", ".data.greeting") == "hi")
            #expect(try await get("deployment/one", ".status.availableReplicas") == "2")
            try await cluster.helm("rollback", "one", "1", "--wait", "--timeout", "60s")
            #expect(try await get("configmap/one", ".data.greeting") == "hello")
            let history = try await cluster.helm("history", "one")
            #expect(history.contains("Rollback to 1"), "\(history)")

            try await cluster.helm("uninstall", "one", "--wait", "--timeout", "60s")
            #expect(try await get("job/one-pre-delete", ".status.succeeded") == "1")
            let left = try await cluster.run(
                .newer, "get", "deployments,services,gears,pods", "-l", "app=one", "-o", "name")
            #expect(left == "")
            // Helm never removes definitions.
            try await cluster.run(.newer, "get", "crd", "gears.example.com")
        }
    }

    @Test func `An upgrade that does not get ready is rolled back`() async throws {
        try await TestCluster.run("--image", "shell=/bin/sh") { cluster in
            let chart = try SampleChart.write(to: "\(cluster.directory)/chart")
            try await cluster.helm(
                "install", "one", chart, "--wait", "--timeout", "60s", "--namespace", "apps", "--create-namespace")
            let failure = try await cluster.helm(
                "upgrade", "one", chart, "--atomic", "--timeout", "5s", "--namespace", "apps",
                "--set", "image=unknown", expecting: 1)
            #expect(failure.contains("has been rolled back"), "\(failure)")
            let image = try await cluster.run(
                .newer, "get", "deployment", "one", "-n", "apps", "-o",
                "jsonpath={.spec.template.spec.containers[0].image}")
            #expect(image == "shell")
            try await cluster.helm("uninstall", "one", "--namespace", "apps", "--wait", "--timeout", "60s")
        }
    }
}

/// A chart with what charts are made of, whose containers run shell scripts.
private enum SampleChart {
    private static let files = [
        "Chart.yaml": "{apiVersion: v2, name: sample, version: 1.0.0}",
        "values.yaml": "{greeting: hello, replicas: 1, image: shell}",
        "crds/gears.yaml": """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: gears.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: gears, singular: gear, kind: Gear}
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties: {spec: {type: object, properties: {size: {type: integer}}}}
        """,
        "templates/objects.yaml": """
        {{- $name := .Release.Name }}
        {{- $earlier := lookup "v1" "ConfigMap" .Release.Namespace $name }}
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: {{ $name }}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{ $name }}}
        data:
          greeting: {{ .Values.greeting }}
          earlier: {{ dig "data" "greeting" "none" $earlier }}
          hasDeployments: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: {{ $name }}}
        stringData: {key: value}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: {{ $name }}, labels: {app: {{ $name }}}}
        spec: {selector: {app: {{ $name }}}, ports: [{port: 8080}]}
        ---
        apiVersion: example.com/v1
        kind: Gear
        metadata: {name: {{ $name }}, labels: {app: {{ $name }}}}
        spec: {size: 3}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{ $name }}, labels: {app: {{ $name }}}}
        spec:
          replicas: {{ .Values.replicas }}
          selector: {matchLabels: {app: {{ $name }}}}
          template:
            metadata: {labels: {app: {{ $name }}}}
            spec:
              serviceAccountName: {{ $name }}
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: {{ .Values.image }}
                args: ["-c", "exec sleep 600"]
                env:
                - {name: GREETING, valueFrom: {configMapKeyRef: {name: {{ $name }}, key: greeting}}}
                - {name: KEY, valueFrom: {secretKeyRef: {name: {{ $name }}, key: key}}}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: {{ $name }}-work}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: main, image: shell, args: ["-c", "echo worked"]}]
        """,
        "templates/hooks.yaml": """
        {{- range $hook := list "pre-install" "post-install" "pre-delete" }}
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: {{ $.Release.Name }}-{{ $hook }}
          annotations: {"helm.sh/hook": {{ $hook }}, "helm.sh/hook-delete-policy": before-hook-creation}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: main, image: shell, args: ["-c", "echo {{ $hook }}"]}]
        ---
        {{- end }}
        """,
        "templates/test.yaml": """
        apiVersion: v1
        kind: Pod
        metadata: {name: {{ .Release.Name }}-test, annotations: {"helm.sh/hook": test}}
        spec:
          restartPolicy: Never
          containers: [{name: main, image: shell, args: ["-c", "echo tested"]}]
        """,
    ]

    /// Writes the chart into the folder, and answers the folder.
    static func write(to folder: String) throws -> String {
        for part in ["crds", "templates"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
        }
        for (name, text) in files {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        return folder
    }
}
