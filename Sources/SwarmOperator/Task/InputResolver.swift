package import KubernetesClient
package import KubernetesModel
package import StructuredData
package import SwarmAPI

/// Why a task's input is not complete.
package enum InputProblem: Error, Sendable, Equatable {
    /// What it refers to is not there, or not yet.
    case missing(String)
    /// It can never be put together as it is written.
    case invalid(String)
}

/// Puts a task's input together from its `input` and the ConfigMaps that `inputFrom` names.
package struct InputResolver: Sendable {
    private let configMap: @Sendable (_ namespace: String, _ name: String) async throws -> ConfigMap?

    package init(configMap: @escaping @Sendable (_ namespace: String, _ name: String) async throws -> ConfigMap?) {
        self.configMap = configMap
    }

    /// Reads ConfigMaps when a task needs them, rather than keeping all of a cluster's in memory.
    package init(_ client: KubernetesClient) {
        self.init { namespace, name in
            do {
                return try await client.get(ConfigMap.self, name, namespace: namespace)
            } catch let status as KubernetesStatus where status.isNotFound {
                return nil
            }
        }
    }

    /// - Throws: `InputProblem`, or what reading a ConfigMap threw.
    package func resolve(_ task: SwarmTask) async throws -> JSON {
        var input = task.spec.input ?? [:]
        let size = input.serialized().count
        guard size <= SwarmTask.largestInlineInputBytes else {
            throw InputProblem.invalid(
                "spec.input has \(size) bytes; at most \(SwarmTask.largestInlineInputBytes) may stand in the object: use spec.inputFrom"
            )
        }
        for (index, source) in (task.spec.inputFrom ?? []).enumerated() {
            let field = "spec.inputFrom[\(index)]"
            let value = try await value(of: source, field: field, namespace: task.metadata.namespace ?? "")
            do {
                try input.set(value, at: JSONPointer(parsing: source.path))
            } catch {
                throw InputProblem.invalid("\(field).path: \(error)")
            }
        }
        return input
    }

    func value(of source: SwarmTask.InputSource, field: String, namespace: String) async throws -> JSON {
        let reference = source.configMapKeyRef
        guard let map = try await configMap(namespace, reference.name) else {
            throw InputProblem.missing("\(field): ConfigMap \(reference.name) does not exist in \(namespace)")
        }
        guard let text = map.data?[reference.key] else {
            throw InputProblem.missing("\(field): ConfigMap \(reference.name) has no key \(reference.key)")
        }
        guard source.as == .json else { return .string(text) }
        do {
            return try JSON.parse(text)
        } catch {
            throw InputProblem.invalid(
                "\(field): ConfigMap \(reference.name), key \(reference.key) is not JSON: \(error)")
        }
    }
}
