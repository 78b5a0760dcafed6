import Foundation
import StructuredData
import SwarmAPI
import TestSupport
import Testing

/// What Manifests/autoscaling shows.
@Suite struct AutoscalingTests {
    private static let files = ["cluster-autoscaler.yaml", "hpa.yaml", "karpenter.yaml", "keda.yaml"]

    private func documents(_ name: String) throws -> [JSON] {
        let path = "Manifests/autoscaling/\(name)"
        return try YAML.parse(try Checkout.text(of: path), file: path)
    }

    private func swarm(_ documents: [JSON]) throws -> AgentSwarm {
        let swarm = try #require(documents.first { $0["kind"] == "AgentSwarm" })
        return try swarm.decode(AgentSwarm.self)
    }

    @Test func `Every file of the folder is one that is checked here`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(Checkout.root)/Manifests/autoscaling")
        #expect(names.sorted() == Self.files)
    }

    @Test(arguments: files)
    func `A swarm stands in it as it is read, and the API would take it`(file: String) async throws {
        let documents = try documents(file)
        let swarm = try #require(documents.first { $0["kind"] == "AgentSwarm" })
        #expect(try JSON(encoding: swarm.decode(AgentSwarm.self)) == swarm)
        let outcome = try await ChildProgram.run(
            BuiltProgram.path("das"), ["validate", "-f", "\(Checkout.root)/Manifests/autoscaling/\(file)"])
        #expect(outcome.code == 0, "\(outcome.text)")
        #expect(outcome.text.contains("1 object checked"), "\(outcome.text)")
    }

    @Test(arguments: [("hpa.yaml", "HorizontalPodAutoscaler"), ("keda.yaml", "ScaledObject")])
    func `Who else decides scales the swarm, which leaves it to them, within its limits`(
        file: String, kind: String
    ) throws {
        let documents = try documents(file)
        let swarm = try swarm(documents)
        #expect(swarm.strategy == .external)
        let object = try #require(documents.first { $0["kind"] == "AgentSwarm" })
        let spec = try #require(documents.first { $0["kind"]?.stringValue == kind }?["spec"])
        let target: JSON = [
            "apiVersion": object["apiVersion"] ?? .null, "kind": "AgentSwarm",
            "name": object["metadata"]?["name"] ?? .null,
        ]
        #expect(spec["scaleTargetRef"] == target)
        let limits = ["min", "max"].map { (spec["\($0)Replicas"] ?? spec["\($0)ReplicaCount"])?.intValue }
        #expect(limits == [swarm.minAgents, swarm.maxAgents])
    }

    @Test func `The metrics that are asked for are the gateway's, a task to a slot`() throws {
        let source = try Checkout.text(of: "Sources/TaskGateway/GatewayMetrics.swift")
        let hpa = try documents("hpa.yaml")
        let metrics = try #require(
            hpa.first { $0["kind"] == "HorizontalPodAutoscaler" }?["spec"]?["metrics"]?.arrayValue)
        let names = metrics.compactMap { $0["external"]?["metric"]?["name"]?.stringValue }
        #expect(names == ["das_queue_ready", "das_queue_leased"])
        let slots = String(try swarm(hpa).concurrency)
        for metric in metrics { #expect(metric["external"]?["target"]?["averageValue"]?.stringValue == slots) }
        let keda = try documents("keda.yaml")
        let trigger = try #require(
            keda.first { $0["kind"] == "ScaledObject" }?["spec"]?["triggers"]?[0]?["metadata"])
        #expect(trigger["threshold"]?.stringValue == String(try swarm(keda).concurrency))
        for name in names {
            #expect(source.contains("\"\(name)\""))
            #expect(trigger["query"]?.stringValue?.contains(name + "{") == true)
        }
    }

    @Test func `The annotations that the examples name are those that the operator sets`() throws {
        let source = try Checkout.text(of: "Sources/SwarmOperator/Swarm/ScaleDown/AgentAnnotations.swift")
        for (file, name, value) in [
            ("cluster-autoscaler.yaml", "cluster-autoscaler.kubernetes.io/safe-to-evict", "false"),
            ("karpenter.yaml", "karpenter.sh/do-not-disrupt", "true"),
        ] {
            let text = try Checkout.text(of: "Manifests/autoscaling/\(file)")
            #expect(text.contains("`\(name): \"\(value)\"`"))
            #expect(source.contains("\"\(name)\": \"\(value)\""))
        }
    }
}
