import StructuredData
import Synchronization

/// Makes requests go wrong as tests ask, and only where the server was started for that.
final class FaultSwitch: Sendable {
    private struct State {
        var rules: [(rule: FaultRule, matched: Int)] = []
        /// The process ends when so many more writes are on the disk.
        var writesUntilCrash: Int?
    }

    private let state = Mutex(State())

    func replace(_ rules: [FaultRule]) { state.withLock { $0.rules = rules.map { ($0, 0) } } }

    /// How many requests each rule has matched, in their order.
    var matched: [Int] { state.withLock { $0.rules.map(\.matched) } }

    func crash(afterWrites count: Int?) { state.withLock { $0.writesUntilCrash = count } }

    /// What happens to a request. Each rule counts it, and the first that is due decides.
    func effect(on info: RequestInfo) -> FaultRule.Effect? {
        state.withLock { state in
            var effect: FaultRule.Effect?
            for index in state.rules.indices where state.rules[index].rule.matches(info) {
                let (rule, before) = state.rules[index]
                state.rules[index].matched = before + 1
                let isDue = before >= rule.skip && rule.times.map { before < rule.skip + $0 } ?? true
                if isDue, effect == nil { effect = rule.effect }
            }
            return effect
        }
    }

    /// Counts writes that are on the disk.
    /// - Returns: whether the process is to end now.
    func isCrashDue(afterWriting count: Int) -> Bool {
        state.withLock { state in
            guard let left = state.writesUntilCrash else { return false }
            state.writesUntilCrash = left - count
            return left - count <= 0
        }
    }
}

/// A storage whose process dies between a commit and whoever waits for it.
struct CrashingStorage: ObjectStorage {
    var storage: any ObjectStorage
    var faults: FaultSwitch
    /// Does not return.
    var crash: @Sendable () -> Void

    func restore() async throws -> RestoredState { try await storage.restore() }

    func commit(_ changes: [StoredChange]) async throws {
        try await storage.commit(changes)
        if faults.isCrashDue(afterWriting: changes.count) { crash() }
    }

    func trimHistory(through version: Int64) async throws { try await storage.trimHistory(through: version) }
    func value(_ name: String) async throws -> String? { try await storage.value(name) }
    func setValue(_ value: String, for name: String) async throws { try await storage.setValue(value, for: name) }
}
