import Foundation
import KubernetesModel
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// An unmodified kubectl on the kubeconfig that `das up` prints.
@Suite("kubectl", .serialized, .timeLimit(.minutes(5)))
struct KubectlTests {
    private static let program = "\(Checkout.root)/.cache/tools/kubectl"

    private func kubectl(
        _ cluster: TestCluster, _ arguments: String..., input: String = "", environment: [String: String] = [:],
        expecting expected: Int32 = 0, location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let outcome = try await ChildProgram.run(
            Self.program, arguments,
            environment: ["KUBECONFIG": cluster.kubeconfig, "HOME": cluster.directory].merging(environment) { _, new in
                new
            },
            input: input)
        #expect(
            outcome.code == expected, "kubectl \(arguments.joined(separator: " ")): \(outcome.text)",
            sourceLocation: location)
        return outcome.text
    }

    private func yaml(_ objects: JSON...) -> String { YAML.serialize(documents: objects) }

    @Test func `The whole way of a task: apply, wait, get, describe, logs, delete`() async throws {
        try await TestCluster.run { cluster in
            _ = try await kubectl(cluster, "apply", "-f", "\(Checkout.root)/Examples/argus/swarm.yaml")
            // An agent stays, so that its log can be read afterwards.
            _ = try await kubectl(
                cluster, "patch", "agentswarm", "argus", "--type=merge", "-p", #"{"spec":{"scaling":{"minAgents":1}}}"#)
            let config = try await kubectl(
                cluster, "create", "configmap", "aapl",
                "--from-file=prices.csv=\(Checkout.root)/Examples/data/stocks/AAPL.csv")
            #expect(config.contains("configmap/aapl created"))
            var task = Declared.task(
                "aapl", type: "market-analysis", swarm: "argus",
                input: ["inputs": [["name": "AAPL"]], "params": ["functions": [["function": "RSI"]]]])
            task["spec"]?["inputFrom"] = [
                ["path": "/inputs/0/csv", "configMapKeyRef": ["name": "aapl", "key": "prices.csv"]]
            ]
            _ = try await kubectl(cluster, "apply", "--server-side", "-f", "-", input: yaml(task))
            let watch = try await ChildProgram.start(
                Self.program, ["get", "swarmtask", "aapl", "-w"],
                environment: ["KUBECONFIG": cluster.kubeconfig, "HOME": cluster.directory])
            _ = try await kubectl(cluster, "wait", "--for=condition=Complete", "swarmtask/aapl", "--timeout=60s")
            _ = try await kubectl(
                cluster, "wait", "--for=jsonpath={.status.phase}=Succeeded", "stask/aapl", "--timeout=10s")
            try await watch.waitFor("Succeeded")
            watch.send(SIGINT)
            try await watch.exitCode()

            let table = try await kubectl(cluster, "get", "swarmtasks")
            let lines = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(lines.first == ["NAME", "TYPE", "PHASE", "SWARM", "ATTEMPTS", "AGE"])
            #expect(lines.dropFirst().first?.prefix(5) == ["aapl", "market-analysis", "Succeeded", "argus", "1"])
            let swarms = try await kubectl(cluster, "get", "agentswarm")
            #expect(swarms.hasPrefix("NAME    AGENTS   READY   BUSY   DESIRED   QUEUE   WAIT   AGE"), "\(swarms)")
            let reading = try await kubectl(
                cluster, "get", "stask", "aapl", "-o", "jsonpath={.status.result.result.reading.AAPL}")
            #expect(reading.contains("AAPL"))

            let description = try await kubectl(cluster, "describe", "swarmtask", "aapl")
            #expect(description.contains("Phase:") && description.contains("Succeeded"))
            let pods = try await kubectl(cluster, "get", "pods", "-l", "das.brashlabs.io/swarm=argus", "-o", "name")
            let pod = try #require(pods.split(separator: "\n").first.map(String.init))
            #expect(try await kubectl(cluster, "logs", pod).contains("agent"))
            #expect(try await kubectl(cluster, "describe", pod).contains("Node:"))
            #expect(try await kubectl(cluster, "get", "deployments").contains("argus-agents"))
            #expect(try await kubectl(cluster, "get", "events").contains("ScaledUp"))

            _ = try await kubectl(cluster, "delete", "agentswarm", "argus", "--timeout=60s")
            _ = try await kubectl(cluster, "wait", "--for=delete", "deployment/argus-agents", "--timeout=60s")
        }
    }

    @Test func `Objects of every kind in use can be written in every way`() async throws {
        try await TestCluster.run { cluster in
            _ = try await kubectl(cluster, "create", "-f", "-", input: yaml(Declared.swarm("one")))
            _ = try await kubectl(
                cluster, "patch", "agentswarm", "one", "--type=merge", "-p", #"{"spec":{"scaling":{"maxAgents":7}}}"#)
            _ = try await kubectl(
                cluster, "patch", "agentswarm", "one", "--type=json",
                "-p", #"[{"op":"replace","path":"/spec/scaling/idleSeconds","value":9}]"#)
            let editor = "\(cluster.directory)/editor"
            try "#!/bin/sh\nsed -i 's/concurrency: 2/concurrency: 3/' \"$1\"\n".write(
                toFile: editor, atomically: true, encoding: .utf8)
            chmod(editor, 0o755)
            _ = try await kubectl(cluster, "edit", "agentswarm", "one", environment: ["KUBE_EDITOR": editor])
            let spec = try await kubectl(
                cluster, "get", "swarm", "one",
                "-o", "jsonpath={.spec.scaling.maxAgents} {.spec.scaling.idleSeconds} {.spec.agent.concurrency}")
            #expect(spec == "7 9 3")
            _ = try await kubectl(cluster, "label", "agentswarm", "one", "team=quant")
            #expect(
                try await kubectl(cluster, "get", "das", "-l", "team=quant", "-o", "name").contains(
                    "agentswarm.das.brashlabs.io/one"))
            #expect(try await kubectl(cluster, "explain", "agentswarm.spec.scaling.minAgents").contains("always there"))

            let deployment = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: sleepers, labels: {a: b}}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: sleepers}}
                  template:
                    metadata: {labels: {app: sleepers}}
                    spec: {containers: [{name: c, image: none}]}
                """
            _ = try await kubectl(cluster, "apply", "-f", "-", input: deployment)
            let again = try await kubectl(cluster, "apply", "-f", "-", input: deployment)
            #expect(again.contains("unchanged"), "\(again)")
            _ = try await kubectl(
                cluster, "apply", "-f", "-", input: deployment.replacingOccurrences(of: "{a: b}", with: "{a: c}"))
            #expect(
                try await kubectl(cluster, "get", "deployment", "sleepers", "-o", "jsonpath={.metadata.labels.a}")
                    == "c")
            _ = try await kubectl(
                cluster, "patch", "deployment", "sleepers", "-p",
                #"{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"1"}]}]}}}}"#)
            #expect(
                try await kubectl(
                    cluster, "get", "deployment", "sleepers", "-o", "jsonpath={.spec.template.spec.containers[*].image}"
                )
                    == "none")
            _ = try await kubectl(cluster, "delete", "deployment", "sleepers", "--timeout=30s")
            _ = try await kubectl(cluster, "get", "deployment", "sleepers", expecting: 1)
        }
    }

    @Test func `What is installed on a cluster can be applied here as well, twice`() async throws {
        try await TestCluster.run { cluster in
            for _ in 1...2 {
                let text = try await kubectl(cluster, "apply", "-k", "\(Checkout.root)/Manifests")
                #expect(text.contains("deployment.apps/das-operator"), "\(text)")
            }
            let names = try await kubectl(
                cluster, "get", "deployments,services,persistentvolumeclaims", "-n", "das-system", "-o", "name")
            #expect(names.split(separator: "\n").count == 3, "\(names)")
            // The other two files have kinds that others define.
            for file in ["cluster-autoscaler", "hpa"] {
                let path = "\(Checkout.root)/Manifests/autoscaling/\(file).yaml"
                let text = try await kubectl(cluster, "apply", "--dry-run=server", "-f", path)
                #expect(text.contains("agentswarm.das.brashlabs.io/analysts created (server dry run)"), "\(text)")
            }
        }
    }

    @Test func `A malformed manifest is refused with the path of the field`() async throws {
        let faults: [(path: String, make: @Sendable (inout JSON) -> Void)] = [
            ("spec.scaling.maxAgents", { $0["spec"]?["scaling"]?["maxAgents"] = "many" }),
            ("spec.scaling.strategy", { $0["spec"]?["scaling"]?["strategy"] = "Chaos" }),
            ("spec.capabilities", { $0["spec"]?["capabilities"] = .none }),
            ("spec.agent.concurrency", { $0["spec"]?["agent"]?["concurrency"] = 0 }),
        ]
        try await TestCluster.run { cluster in
            for (path, make) in faults {
                var swarm = Declared.swarm("bad")
                make(&swarm)
                let answer = try await kubectl(
                    cluster, "apply", "--validate=false", "-f", "-", input: yaml(swarm), expecting: 1)
                #expect(answer.contains(path))
            }
            var unknown = Declared.swarm("bad")
            unknown["spec"]?["scaling"]?["maxAgent"] = 3
            let answer = try await kubectl(
                cluster, "apply", "--server-side", "-f", "-", input: yaml(unknown), expecting: 1)
            #expect(answer.contains("spec.scaling.maxAgent"))
        }
    }
}
