package import StructuredData
package import SwarmAPI
package import TaskQueue

/// Decides what becomes of a SwarmTask that is not in the queue yet.
package struct TaskAdmission: Sendable {
    package enum Verdict: Sendable {
        case admitted(Submission)
        /// No swarm takes it now; one that does may come.
        case waits(reason: String, message: String)
        /// It can never run as it is written.
        case refused(reason: String, message: String)
    }

    private let catalogue: Catalogue

    package init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    package func admit(_ task: SwarmTask, id: TaskID, input: JSON) -> Verdict {
        let spec = task.spec
        let request = AdmissionRequest(
            id: id, namespace: task.metadata.namespace ?? "", type: spec.type, swarm: spec.swarm,
            origin: .object(name: task.metadata.name ?? ""), input: input, priority: spec.priority ?? 0,
            deadlineMs: spec.deadlineSeconds.map { Int64($0) * 1000 },
            timeoutMs: spec.timeoutSeconds.map { Int64($0) * 1000 }, retry: spec.retry.map(RetryPolicy.init),
            dedupKey: spec.dedupKey, isSuspended: spec.suspend ?? false)
        switch catalogue.admit(request) {
        case .admitted(let submission): return .admitted(submission)
        case .refused(let refusal): return verdict(refusal, spec)
        }
    }

    private func verdict(_ refusal: AdmissionRefusal, _ spec: SwarmTask.Spec) -> Verdict {
        switch refusal {
        case .unknownSwarm: .waits(reason: "SwarmNotFound", message: "spec.swarm \(spec.swarm ?? ""): \(refusal)")
        case .noSwarmTakesType: .waits(reason: "NoSwarm", message: "spec.type \(spec.type): \(refusal)")
        case .schemaUnusable: .waits(reason: "SchemaUnusable", message: "\(refusal)")
        case .typeNotTaken: .refused(reason: "UnknownType", message: "spec.type \(spec.type): \(refusal)")
        case .input: .refused(reason: "InvalidInput", message: "spec.input: \(refusal)")
        }
    }
}
