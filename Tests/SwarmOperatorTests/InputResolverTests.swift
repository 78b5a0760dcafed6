import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import Testing

@Suite struct InputResolverTests {
    private let resolver = InputResolver { namespace, name in
        guard namespace == "n", name == "prices" else { return nil }
        return ConfigMap(
            metadata: ObjectMeta(name: "prices", namespace: "n"),
            data: ["AAPL.csv": "date,close\n2020-01-02,1", "params.json": #"{"window": 5}"#, "broken.json": "{"])
    }

    private func task(_ spec: JSON) throws -> SwarmTask {
        try
            ([
                "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
                "metadata": ["name": "t", "namespace": "n"],
                "spec": spec,
            ] as JSON).decode(SwarmTask.self)
    }

    private func source(_ path: String, _ name: String, _ key: String, as form: String? = nil) -> JSON {
        var source: JSON = ["path": .string(path), "configMapKeyRef": ["name": .string(name), "key": .string(key)]]
        if let form { source["as"] = .string(form) }
        return source
    }

    @Test func `Text and JSON are put at their pointers`() async throws {
        let input = try await resolver.resolve(
            task([
                "type": "a", "input": ["inputs": [["name": "AAPL"]]],
                "inputFrom": [
                    source("/inputs/0/csv", "prices", "AAPL.csv"),
                    source("/params", "prices", "params.json", as: "json"),
                ],
            ]))
        #expect(
            input == [
                "inputs": [["name": "AAPL", "csv": "date,close\n2020-01-02,1"]], "params": ["window": 5],
            ])
    }

    @Test func `What is not there yet is missing, and the message names it`() async throws {
        let none = try task(["type": "a", "inputFrom": [source("/x", "later", "k")]])
        await #expect(throws: InputProblem.missing("spec.inputFrom[0]: ConfigMap later does not exist in n")) {
            _ = try await resolver.resolve(none)
        }
        let noKey = try task(["type": "a", "inputFrom": [source("/x", "prices", "MSFT.csv")]])
        await #expect(throws: InputProblem.missing("spec.inputFrom[0]: ConfigMap prices has no key MSFT.csv")) {
            _ = try await resolver.resolve(noKey)
        }
    }

    @Test func `What can never be read is invalid, and the message names the field`() async throws {
        for spec: JSON in [
            ["type": "a", "inputFrom": [source("/x", "prices", "broken.json", as: "json")]],
            ["type": "a", "inputFrom": [source("x~2", "prices", "AAPL.csv")]],
            ["type": "a", "input": ["big": .string(String(repeating: "x", count: 70_000))]],
        ] {
            let task = try task(spec)
            let error = await #expect(throws: InputProblem.self) { _ = try await resolver.resolve(task) }
            guard case .invalid(let message) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(message.hasPrefix("spec.input"))
        }
    }
}
