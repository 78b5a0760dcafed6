package import KubernetesModel
package import StructuredData
package import SwarmAPI
package import TaskQueue

/// Reads what a task's dependencies have come to, for its input.
package struct DependencyResults: Sendable {
    /// Of all dependencies of one task, in bytes of JSON.
    package static let largestTotalBytes = 4 << 20
    /// The member of the input that holds the results, by the names of the dependencies.
    package static let member = "results"

    private let results: ResultReader
    private let object: @Sendable (ObjectKey) async throws -> SwarmTask?

    package init(
        store: any TaskStore, object: @escaping @Sendable (ObjectKey) async throws -> SwarmTask?
    ) {
        results = ResultReader(store: store)
        self.object = object
    }

    /// The input with the results of `dependencies` in it.
    /// - Throws: `InputProblem`, or what reading threw.
    package func adding(
        _ dependencies: [(name: String, uid: String)], to input: JSON, namespace: String
    ) async throws -> JSON {
        if dependencies.isEmpty { return input }
        var input = input
        guard var members = (input[Self.member] ?? [:]).objectValue else {
            throw InputProblem.invalid(
                "spec.input.\(Self.member) is no object, and the results of spec.dependsOn are to stand in it")
        }
        var left = Self.largestTotalBytes
        for dependency in dependencies {
            let result = try await result(of: dependency, namespace: namespace, atMost: left)
            left -= result.count
            members[dependency.name] = try JSON.parse(result)
        }
        input[Self.member] = .object(members)
        return input
    }

    private func result(
        of dependency: (name: String, uid: String), namespace: String, atMost limit: Int
    ) async throws -> [UInt8] {
        switch try await results.result(of: TaskID(dependency.uid), atMost: limit) {
        case .bytes(let bytes): return bytes
        case .tooLarge:
            throw InputProblem.invalid(
                "the results of spec.dependsOn, up to that of \(dependency.name), have more than "
                    + "\(Self.largestTotalBytes) bytes, which is the most that can stand in a task's input")
        case .missing:
            // The queue has forgotten the task, or never had it: what stands in its object is left.
            let object = try await object(ObjectKey(namespace: namespace, name: dependency.name))
            guard let object, object.metadata.uid == dependency.uid, let result = object.status?.result else {
                throw InputProblem.invalid("the result of \(dependency.name) is not kept any more")
            }
            let bytes = result.serialized()
            guard bytes.count <= limit else {
                throw InputProblem.invalid("the result of \(dependency.name) is too large for a task's input")
            }
            return bytes
        }
    }
}
