import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import SwarmAPI
import TaskProtocol
import TestSupport
import Testing

/// The commands that ask a running cluster, as a person or a script runs them.
@Suite("Commands for swarms and tasks", .timeLimit(.minutes(5)))
struct ClientCommandTests {
    private static func das(
        _ cluster: TestCluster, _ arguments: String..., input: String = ""
    ) async throws -> ChildProgram.Outcome {
        try await ChildProgram.run(
            BuiltProgram.path("das"), arguments, environment: ["DAS_DATA_DIR": cluster.directory], input: input)
    }

    private static func json(_ outcome: ChildProgram.Outcome) throws -> JSON {
        #expect(outcome.code == 0, "\(outcome.text)")
        return try JSON.parse(outcome.output)
    }

    @Test func `A task is submitted, followed, shown, explained and run anew`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(Declared.swarm("echo"))
            let done = try await Self.das(
                cluster, "submit", "echo", "--input", #"{"result": {"answer": 42}}"#, "--wait")
            #expect(done.code == 0, "\(done.text)")
            #expect(try JSON.parse(done.output) == ["answer": 42])
            #expect(done.errors.contains("Succeeded"))

            let listed = try Self.json(try await Self.das(cluster, "get", "-o", "json"))
            let id = try #require(listed["tasks"]?[0]?["id"]?.stringValue)
            let shown = try Self.json(try await Self.das(cluster, "get", id, "-o", "json"))
            #expect(shown["phase"] == "Succeeded" && shown["result"] == ["answer": 42])
            let wide = try await Self.das(cluster, "get", "--phase", "Succeeded", "-o", "wide")
            #expect(wide.output.contains(id) && wide.output.contains("AGENT"))

            let failed = try await Self.das(
                cluster, "submit", "echo", "-f", "-", "--wait", input: "{\"fail\": \"permanent\"}")
            #expect(failed.code == 1)
            #expect(failed.errors.contains("has failed"), "\(failed.text)")
            let failures = try Self.json(try await Self.das(cluster, "get", "--phase", "Failed", "-o", "json"))
            let lost = try #require(failures["tasks"]?[0]?["id"]?.stringValue)
            let why = try await Self.das(cluster, "explain", lost)
            #expect(why.output.contains("ECHO_FAILED") && why.output.contains("failed"), "\(why.text)")

            let again = try Self.json(try await Self.das(cluster, "retry", id, "-o", "json"))
            let anew = try #require(again["tasks"]?[0]?["id"]?.stringValue)
            #expect(anew != id)
            let watched = try await Self.das(cluster, "watch", anew, "-o", "json")
            #expect(watched.code == 0)
            let last = try JSON.parse(String(watched.output.split(separator: "\n").last ?? ""))
            #expect(last["phase"] == "Succeeded" && last["id"] == .string(anew))
            #expect(try await Self.das(cluster, "watch", lost).code == 1)

            let refused = try await Self.das(cluster, "submit", "poetry")
            #expect(refused.code == 1)
            #expect(refused.errors.contains("poetry") && refused.errors.contains("echo"), "\(refused.text)")
        }
    }

    @Test func `A SwarmTask goes by its name, also before any swarm takes it`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(Declared.swarm("echo"), Declared.task("unfit", type: "poetry"))
            _ = try await cluster.task("unfit") { $0.status?.message != nil }
            let unfit = try await Self.das(cluster, "explain", "task/unfit")
            #expect(
                unfit.code == 0 && unfit.output.contains("Pending") && unfit.output.contains("poetry"), "\(unfit.text)")
            #expect(try await Self.das(cluster, "cancel", "unfit").code == 0)
            #expect(try await cluster.finished("unfit").status?.phase == .cancelled)

            try await cluster.apply(Declared.task("hangs", swarm: "echo", input: ["fail": "hang"]))
            _ = try await cluster.task("hangs") { $0.status?.phase == .running }
            #expect(try await Self.das(cluster, "cancel", "hangs", "--force").code == 0)
            #expect(try await cluster.finished("hangs").status?.phase == .cancelled)
            let watched = try await Self.das(cluster, "watch", "hangs")
            #expect(watched.code == 1 && watched.errors.contains("been cancelled"), "\(watched.text)")

            let again = try Self.json(try await Self.das(cluster, "retry", "unfit", "-o", "json"))
            let made = try #require(again["tasks"]?[0]?["name"]?.stringValue)
            #expect(made.hasPrefix("unfit-retry-") && again["tasks"]?[0]?["retryOf"] == "unfit", "\(again)")
            let old = try await cluster.kubernetes.get(SwarmTask.self, "unfit", namespace: TestCluster.namespace)
            let new = try await cluster.kubernetes.get(SwarmTask.self, made, namespace: TestCluster.namespace)
            #expect(new.metadata.labels?["das.brashlabs.io/retry-of"] == old.metadata.uid)
            #expect(new.spec.type == "poetry" && new.spec.cancel != true)
            let early = try await Self.das(cluster, "retry", made)
            #expect(early.code == 1 && early.errors.contains("has not ended yet"), "\(early.text)")
            // By its id, as das get tells it, it is the same.
            let byID = try await Self.das(cluster, "retry", old.metadata.uid ?? "")
            #expect(byID.code == 0 && byID.output.contains("repeats unfit"), "\(byID.text)")

            let nobody = try await Self.das(cluster, "get", "nobody")
            #expect(nobody.code == 1 && nobody.errors.contains("no SwarmTask nobody"), "\(nobody.text)")
        }
    }

    @Test func `A swarm's decisions are decided again from their inputs, with equal results`() async throws {
        try await TestCluster.run { cluster in
            try await cluster.apply(Declared.swarm("echo"), Declared.task("one", swarm: "echo", input: ["result": 1]))
            #expect(try await cluster.finished("one").status?.phase == .succeeded)
            let explained = try Self.json(try await Self.das(cluster, "explain", "swarm/echo", "-o", "json"))
            let decisions = try #require(explained["decisions"]?.arrayValue)
            #expect(!decisions.isEmpty)
            for decision in decisions { #expect(decision["replay"]?["equal"] == true, "\(decision)") }
            #expect(decisions.last?["reason"] == "FirstTask")
            let text = try await Self.das(cluster, "explain", "swarm/echo")
            #expect(text.output.contains("it was decided to go from"), "\(text.text)")
            #expect(text.output.contains("the same when decided again"), "\(text.text)")

            let swarms = try Self.json(try await Self.das(cluster, "get", "swarms", "-o", "json"))
            #expect(swarms["swarms"]?[0]?["metadata"]?["name"] == "echo")
            let logs = try await Self.das(cluster, "logs", "swarm/echo")
            #expect(logs.code == 0 && logs.output.contains("of swarm default/echo"), "\(logs.text)")
            let ofTask = try await Self.das(cluster, "logs", "one")
            #expect(ofTask.code == 0 && ofTask.output.contains("completed"), "\(ofTask.text)")
        }
    }

    @Test func `Without a cluster the commands say how to get one`() async throws {
        for arguments in [["get"], ["submit", "echo"], ["explain", "swarm/x"]] {
            let outcome = try await ChildProgram.run(
                BuiltProgram.path("das"), arguments, environment: ["DAS_DATA_DIR": "/nowhere"])
            #expect(outcome.code == 3, "\(outcome.text)")
            #expect(outcome.text.contains("das up") && outcome.text.contains("--gateway"), "\(outcome.text)")
        }
        let wrong: [([String], String)] = [
            (["explain", "node/x"], "node/x"), (["get", "--phase", "Done"], "--phase"), (["get", "a/b/c"], "a/b/c"),
            (["submit", "echo", "--input", "{", "--data-dir", "/nowhere"], "--input"),
            (["submit", "echo", "-f", "/nowhere/input.json"], "/nowhere/input.json"),
            (["cancel", "x", "--grace-seconds=-1"], "--grace-seconds"),
        ]
        for (arguments, mention) in wrong {
            let outcome = try await ChildProgram.run(BuiltProgram.path("das"), arguments)
            #expect(outcome.code == 2 && outcome.text.contains(mention), "\(arguments): \(outcome.text)")
        }
    }

    @Test func `Manifests are checked without a cluster`() async throws {
        let good = try await ChildProgram.run(
            BuiltProgram.path("das"), ["validate", "-f", "\(Checkout.root)/Examples/argus", "-o", "wide"])
        #expect(good.code == 0 && good.output.contains("AgentSwarm/argus: valid"), "\(good.text)")

        let text = """
            apiVersion: das.brashlabs.io/v1alpha1
            kind: AgentSwarm
            metadata: {name: bad}
            spec:
              capabilities: [echo]
              scaling: {minAgents: 3, maxAgents: 2, percentiles: 9}
              taskTypes: [{name: echo, inputSchema: {properties: {size: {minimun: 1}}}}]
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: other}
            """
        let bad = try await ChildProgram.run(BuiltProgram.path("das"), ["validate", "-f", "-"], input: text)
        #expect(bad.code == 1)
        #expect(
            bad.output.contains("standard input: AgentSwarm/bad") && bad.output.contains("percentiles"), "\(bad.text)")
        #expect(bad.output.contains("spec.taskTypes[0].inputSchema/properties/size/minimun"), "\(bad.text)")
        #expect(bad.output.contains("1 of other kinds left alone"), "\(bad.text)")
        let structured = try await ChildProgram.run(
            BuiltProgram.path("das"), ["validate", "-f", "-", "-o", "json"], input: text)
        let objects = try JSON.parse(structured.output)["objects"]
        #expect(objects?[0]?["valid"] == false && objects?[1]?["checked"] == false)
    }
}
