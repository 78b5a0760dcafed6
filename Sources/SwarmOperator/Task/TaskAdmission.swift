import KubernetesModel
package import StructuredData
package import SwarmAPI
package import TaskQueue

/// Decides what becomes of a SwarmTask that is not in the queue yet.
package enum TaskAdmission {
    package enum Verdict: Sendable {
        case admitted(Submission)
        /// No swarm takes it now; one that does may come.
        case waits(reason: String, message: String)
        /// It can never run as it is written.
        case refused(reason: String, message: String)
    }

    /// - Parameter load: how many tasks a swarm has that have not ended.
    package static func decide(
        _ task: SwarmTask, id: TaskID, input: JSON, in catalogue: Catalogue, load: (String) -> Int = { _ in 0 }
    ) -> Verdict {
        let spec = task.spec
        let namespace = task.metadata.namespace ?? ""
        let draft = TaskDraft(
            namespace: namespace, type: spec.type, swarm: spec.swarm, input: input,
            timeoutMs: spec.timeoutSeconds.map { Int64($0) * 1000 },
            retry: spec.retry.map { retry in
                RetryDraft(
                    limit: retry.limit, backoffSeconds: retry.backoffSeconds.map(Double.init),
                    maxBackoffSeconds: retry.maxBackoffSeconds.map(Double.init), retryOn: retry.retryOn,
                    giveUpOn: retry.giveUpOn)
            })
        do throws(AdmissionRefusal) {
            let admission = try catalogue.admit(draft, load: load)
            return .admitted(
                Submission(
                    id: id, namespace: namespace, type: spec.type, swarm: admission.swarm, isPinned: admission.isPinned,
                    origin: .object(name: task.metadata.name ?? ""), input: input.serialized(),
                    priority: spec.priority ?? 0, deadlineMs: spec.deadlineSeconds.map { Int64($0) * 1000 },
                    timeoutMs: admission.timeoutMs, retry: admission.retry, dedupKey: spec.dedupKey,
                    isSuspended: spec.suspend ?? false))
        } catch {
            return verdict(on: error, spec)
        }
    }

    private static func verdict(on refusal: AdmissionRefusal, _ spec: SwarmTask.Spec) -> Verdict {
        let reason = refusal.code.rawValue
        switch refusal.code {
        case .unknownSwarm: return .waits(reason: reason, message: "spec.swarm: \(refusal.message)")
        // An unpinned task waits for a swarm that takes its type; a pinned one named one that does not.
        case .unknownType where spec.swarm == nil:
            return .waits(reason: reason, message: "spec.type: \(refusal.message)")
        case .unknownType: return .refused(reason: reason, message: "spec.type: \(refusal.message)")
        case .invalidInput: return .refused(reason: reason, message: "spec.\(refusal.message)")
        case .brokenSchema: return .waits(reason: reason, message: refusal.message)
        }
    }
}
