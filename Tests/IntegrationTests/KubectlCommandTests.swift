import Foundation
import StructuredData
import TestSupport
import Testing

/// The commands of each kubectl that people use, on workloads that run shell scripts.
@Suite("kubectl's commands", .timeLimit(.minutes(3)))
struct KubectlCommandTests {
    private static let web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: shell:1
                args: ["-c", "echo started; exec sleep 600"]
                resources: {requests: {cpu: 10m, memory: 16Mi}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, labels: {app: web}}
        data: {a: "1"}

        """

    private static let widgets = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wg]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}, scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}}
            additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec: {type: object, properties: {size: {type: integer, description: How many teeth it has.}}}
                  status: {type: object, properties: {size: {type: integer}}}
        """

    private static let image = "shell=/bin/sh"

    @Test(arguments: Kubectl.allCases)
    func `Objects are written in every way, and a difference is seen before`(kubectl: Kubectl) async throws {
        try await TestCluster.run("--image", Self.image) { cluster in
            #expect(
                try await cluster.run(kubectl, "diff", "-f", "-", input: Self.web, expecting: 1).contains("+kind: Dep"))
            try await cluster.run(kubectl, "apply", "-f", "-", input: Self.web)
            try await cluster.run(kubectl, "diff", "-f", "-", input: Self.web)
            let again = try await cluster.run(kubectl, "apply", "-f", "-", input: Self.web)
            #expect(again.contains("deployment.apps/web unchanged"), "\(again)")
            try await cluster.run(kubectl, "apply", "--server-side", "-f", "-", input: Self.web)
            let changed = Self.web.replacing("a: \"1\"", with: "a: \"2\"")
            let conflict = try await cluster.run(
                kubectl, "apply", "--server-side", "--field-manager=another", "-f", "-", input: changed, expecting: 1)
            #expect(conflict.contains("conflict"), "\(conflict)")
            try await cluster.run(
                kubectl, "apply", "--server-side", "--field-manager=another", "--force-conflicts", "-f", "-",
                input: changed)

            func data() async throws -> String {
                try await cluster.run(kubectl, "get", "configmap", "settings", "-o", "jsonpath={.data}")
            }
            #expect(try await data() == #"{"a":"2"}"#)
            try await cluster.run(kubectl, "replace", "-f", "-", input: Self.web)
            #expect(try await data() == #"{"a":"1"}"#)
            let editor = "\(cluster.directory)/editor"
            try "#!/bin/sh\nsed -i 's/a: \"1\"/a: \"3\"/' \"$1\"\n".write(
                toFile: editor, atomically: true, encoding: .utf8)
            chmod(editor, 0o755)
            try await cluster.run(kubectl, "edit", "configmap", "settings", environment: ["KUBE_EDITOR": editor])
            #expect(try await data() == #"{"a":"3"}"#)
            try await cluster.run(kubectl, "patch", "configmap", "settings", "-p", #"{"data":{"b":"x"}}"#)
            try await cluster.run(
                kubectl, "patch", "configmap", "settings", "--type=merge", "-p", #"{"data":{"a":null}}"#)
            try await cluster.run(
                kubectl, "patch", "configmap", "settings", "--type=json",
                "-p", #"[{"op":"add","path":"/data/c","value":"y"}]"#)
            #expect(try await data() == #"{"b":"x","c":"y"}"#)

            try await cluster.run(kubectl, "label", "configmap", "settings", "tier=front")
            try await cluster.run(kubectl, "label", "configmap", "settings", "tier=back", expecting: 1)
            try await cluster.run(kubectl, "label", "configmap", "settings", "tier=back", "--overwrite")
            try await cluster.run(kubectl, "annotate", "configmap", "settings", "note=hello")
            let marks = "jsonpath={.metadata.labels.tier} {.metadata.annotations.note}"
            #expect(try await cluster.run(kubectl, "get", "configmap", "settings", "-o", marks) == "back hello")
        }
    }

    @Test(arguments: Kubectl.allCases)
    func `The progress of a task that runs is seen as it comes, and its end`(kubectl: Kubectl) async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(
                Declared.swarm("echo"),
                Declared.task("long", swarm: "echo", input: ["delayMs": 3_600_000, "progressSteps": 36_000]))
            let watch = try await cluster.start(kubectl, "get", "swarmtask", "long", "-w", "-o", "wide")
            // That it runs, and two steps on the way.
            try await watch.waitFor("Running", moreOftenThan: 2)
            try await cluster.run(
                kubectl, "patch", "swarmtask", "long", "--type=merge", "-p", #"{"spec":{"cancel":true}}"#)
            try await watch.waitFor("Cancelled")
            watch.send(SIGINT)
            try await watch.exitCode()

            // NAME, TYPE, PHASE, SWARM, ATTEMPTS, AGE, AGENT, DONE, TOTAL
            let lines = watch.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            let running = lines.filter { $0.count > 2 && $0[2] == "Running" }
            let done = running.filter { $0.count > 8 && $0[8] == "36000" }.compactMap { Int($0[7]) }
            #expect(done == done.sorted() && Set(done).count >= 2, "\(watch.output)")
            #expect(done.allSatisfy { $0 < 36_000 })
            #expect(lines.last?.contains("Cancelled") == true)
        }
    }

    @Test(arguments: Kubectl.allCases)
    func `Every field of a built-in kind is explained`(kubectl: Kubectl) async throws {
        try await TestCluster.run { cluster in
            for output in ["plaintext", "plaintext-openapiv2"] {
                for (kind, texts) in [
                    ("pod", ["A Pod is a group of containers", "What the pod should be.", "What is observed."]),
                    ("pods.spec.containers", ["A program that runs in a pod", "Environment variables"]),
                    ("pods.spec.containers.resources", ["What it needs at least", "<map[string]"]),
                    ("hpa.spec", ["kept, and not acted on"]),
                ] {
                    let said = try await cluster.run(kubectl, "explain", kind, "--output=\(output)")
                    let words = said.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                    for text in texts { #expect(words.contains(text), "\(said)") }
                    #expect(!said.contains("<empty>"), "\(said)")
                }
                let tree = try await cluster.run(
                    kubectl, "explain", "deployment.spec.strategy", "--recursive", "--output=\(output)")
                #expect(tree.contains("How a Deployment replaces pods") || tree.contains("How pods are replaced"))
                #expect(tree.contains("maxSurge"))
            }
        }
    }

    @Test(arguments: Kubectl.allCases)
    func `A kind that is defined can be explained, scaled, patched and forgotten`(kubectl: Kubectl) async throws {
        try await TestCluster.run { cluster in
            try await cluster.run(kubectl, "create", "-f", "-", input: Self.widgets)
            try await cluster.run(
                kubectl, "wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=20s")
            #expect(try await cluster.run(kubectl, "api-resources", "--api-group=example.com").contains("wg"))
            #expect(try await cluster.run(kubectl, "explain", "widget.spec.size").contains("How many teeth it has."))
            #expect(
                try await cluster.run(kubectl, "explain", "deployment.spec.strategy.rollingUpdate").contains(
                    "maxSurge"))
            // The older document of all kinds, in the binary form that clients ask for.
            let explained = try await cluster.run(
                kubectl, "explain", "widget.spec.size", "--output=plaintext-openapiv2")
            #expect(explained.contains("How many teeth it has."))
            let widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: one}\nspec: {size: 2}\n"
            try await cluster.run(kubectl, "apply", "-f", "-", input: widget)
            let odd = widget.replacingOccurrences(of: "size: 2", with: "sise: 2")
            let unknown = try await cluster.run(
                kubectl, "apply", "--validate=true", "-f", "-", input: odd, expecting: 1)
            #expect(unknown.contains("unknown field \"spec.sise\""), "\(unknown)")
            let nothing = widget.replacingOccurrences(of: "kind: Widget", with: "kind: Nothing")
            let unheard = try await cluster.run(kubectl, "create", "-f", "-", input: nothing, expecting: 1)
            #expect(unheard.contains("no matches for kind \"Nothing\""), "\(unheard)")
            #expect(try await cluster.run(kubectl, "get", "wg") == "NAME   SIZE\none    2\n")
            try await cluster.run(kubectl, "scale", "widget/one", "--replicas=5")
            let refusal = try await cluster.run(
                kubectl, "patch", "wg", "one", "--type=strategic", "-p", #"{"spec":{"size":3}}"#, expecting: 1)
            #expect(refusal.contains("strategic-merge-patch"), "\(refusal)")
            try await cluster.run(
                kubectl, "patch", "wg", "one", "--subresource=status", "--type=merge", "-p", #"{"status":{"size":5}}"#)
            try await cluster.run(kubectl, "wait", "wg/one", "--for=jsonpath={.status.size}=5", "--timeout=20s")
            #expect(try await cluster.run(kubectl, "describe", "wg", "one").contains("Size:  5"))
            try await cluster.run(kubectl, "delete", "crd", "widgets.example.com", "--timeout=20s")
            try await cluster.run(kubectl, "get", "widgets", expecting: 1)
        }
    }

    @Test(arguments: Kubectl.allCases)
    func `A deployment is rolled out, changed, undone, looked at and deleted`(kubectl: Kubectl) async throws {
        try await TestCluster.run("--image", Self.image) { cluster in
            func rollOut() async throws {
                let text = try await cluster.run(kubectl, "rollout", "status", "deployment/web", "--timeout=60s")
                #expect(text.contains("successfully rolled out"))
            }
            try await cluster.run(kubectl, "apply", "-f", "-", input: Self.web)
            try await rollOut()
            try await inspect(cluster, kubectl)

            try await cluster.run(kubectl, "set", "image", "deployment/web", "main=shell:2")
            try await rollOut()
            func image() async throws -> String {
                try await cluster.run(
                    kubectl, "get", "pods", "-l", "app=web", "--field-selector=status.phase=Running",
                    "-o", "jsonpath={.items[0].spec.containers[0].image}")
            }
            #expect(try await image() == "shell:2")
            try await cluster.run(kubectl, "rollout", "undo", "deployment/web")
            try await rollOut()
            #expect(try await image() == "shell:1")
            try await cluster.run(kubectl, "rollout", "restart", "deployment/web")
            try await rollOut()
            let history = try await cluster.run(kubectl, "rollout", "history", "deployment/web")
            let revisions = history.split(separator: "\n").dropFirst(2).map { $0.prefix { $0 != " " } }
            #expect(revisions == ["2", "3", "4"], "\(history)")

            try await cluster.run(kubectl, "scale", "deployment/web", "--replicas=1", "--current-replicas=2")
            try await cluster.run(
                kubectl, "wait", "deployment/web", "--for=jsonpath={.status.replicas}=1", "--timeout=60s")
            try await cluster.run(kubectl, "delete", "deployment", "web", "--cascade=orphan")
            #expect(try await cluster.run(kubectl, "get", "pods", "-l", "app=web", "-o", "name").contains("pod/web-"))
            try await cluster.run(
                kubectl, "delete", "replicasets", "-l", "app=web", "--cascade=foreground", "--timeout=60s")
            #expect(try await cluster.run(kubectl, "get", "pods", "-l", "app=web", "-o", "name") == "")
            try await cluster.run(kubectl, "apply", "-f", "-", input: Self.web)
            try await rollOut()
            try await cluster.run(kubectl, "delete", "deployment", "web", "--cascade=background", "--wait=false")
            try await cluster.run(kubectl, "wait", "--for=delete", "pods", "-l", "app=web", "--timeout=60s")
        }
    }

    /// Looks at two running pods in every form.
    private func inspect(_ cluster: TestCluster, _ kubectl: Kubectl) async throws {
        let names = try await cluster.run(
            kubectl, "get", "pods", "-l", "app=web,app!=other", "--chunk-size=1", "-o",
            "jsonpath={.items[*].metadata.name}"
        ).split(separator: " ").map(String.init)
        #expect(names.count == 2)
        let wide = try await cluster.run(kubectl, "get", "pods", "-o", "wide")
        #expect(wide.contains("NOMINATED NODE") && wide.contains("127."), "\(wide)")
        let columns = try await cluster.run(
            kubectl, "get", "pods", "--sort-by=.metadata.name", "-o",
            "custom-columns=POD:.metadata.name,IN:.status.phase")
        let rows = columns.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows == [["POD", "IN"]] + names.sorted().map { [$0, "Running"] })
        #expect(try await cluster.run(kubectl, "get", "deployment", "web", "-o", "yaml").contains("\n  replicas: 2\n"))
        #expect(try await cluster.run(kubectl, "get", "pods", "-o", "json").contains(#""phase": "Running""#))
        #expect(try await cluster.run(kubectl, "describe", "deployment", "web").contains("2 desired | 2 updated"))
        #expect(try await cluster.run(kubectl, "describe", "pods").contains("ReplicaSet/web-"))
        let node = try await cluster.run(kubectl, "describe", "nodes")
        #expect(node.contains("RegisteredNode") && node.contains("NodeReady"), "\(node)")
        let events = try await cluster.run(kubectl, "get", "events")
        #expect(events.contains("ScalingReplicaSet") && events.contains("deployment/web"), "\(events)")
        let sorted = try await cluster.run(kubectl, "get", "events", "--sort-by=.lastTimestamp")
        #expect(sorted.contains("ScalingReplicaSet"), "\(sorted)")
        #expect(
            try await cluster.run(kubectl, "events", "--for", "deployment/web").contains("Scaled up replica set"))

        // What follows a pod sees its end.
        let pod = try #require(names.first)
        let log = try await cluster.start(kubectl, "logs", "-f", pod)
        let watch = try await cluster.start(kubectl, "get", "pods", "-w", "--output-watch-events")
        try await log.waitFor("started")
        try await watch.waitFor("ADDED")
        try await cluster.run(kubectl, "delete", "pod", pod, "--timeout=60s")
        #expect(try await log.exitCode() == 0)
        try await watch.wait { $0.split(separator: "\n").contains { $0.hasPrefix("DELETED") && $0.contains(pod) } }
        watch.send(SIGINT)
        try await watch.exitCode()
        try await cluster.run(kubectl, "rollout", "status", "deployment/web", "--timeout=60s")
    }

    @Test(arguments: Kubectl.allCases)
    func `A cluster tells what it is, what it uses, and who may do what`(kubectl: Kubectl) async throws {
        try await TestCluster.run("--image", Self.image) { cluster in
            try await cluster.run(
                kubectl, "run", "busy", "--image=shell", "--restart=Never", "--command", "--", "/bin/sh", "-c",
                "trap 'exit 0' TERM; while :; do :; done")
            try await cluster.run(kubectl, "wait", "pod/busy", "--for=condition=Ready", "--timeout=60s")
            #expect(try await cluster.run(kubectl, "cluster-info").contains("is running at"))
            #expect(try await cluster.run(kubectl, "api-resources", "-o", "name").contains("deployments.apps"))
            #expect(try await cluster.run(kubectl, "version").contains("Server Version: v1."))
            #expect(try await cluster.run(kubectl, "auth", "whoami").contains("system:masters"))

            try await cluster.run(kubectl, "create", "serviceaccount", "bot")
            try await cluster.run(kubectl, "create", "role", "reader", "--verb=get,list", "--resource=pods")
            try await cluster.run(
                kubectl, "create", "rolebinding", "reader", "--role=reader", "--serviceaccount=default:bot")
            let bot = "--as=system:serviceaccount:default:bot"
            try await cluster.run(kubectl, "auth", "can-i", "get", "pods", bot)
            try await cluster.run(kubectl, "auth", "can-i", "delete", "pods", bot, expecting: 1)
            #expect(try await cluster.run(kubectl, "auth", "can-i", "--list", bot).contains("[get list]"))
            let token = try await cluster.run(kubectl, "create", "token", "bot")
            #expect(token.split(separator: ".").count == 3)

            // The first sample after its start has nothing to be compared with.
            var usage = ""
            while !usage.contains("busy") {
                usage = try await ChildProgram.run(
                    kubectl.path, ["top", "pods"], environment: cluster.clientEnvironment
                ).output
            }
            #expect(usage.hasPrefix("NAME   CPU(cores)   MEMORY(bytes)"), "\(usage)")
            try await cluster.run(kubectl, "delete", "pod", "busy", "--grace-period=1", "--timeout=60s")
        }
    }
}
