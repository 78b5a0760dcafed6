import KubernetesModel
import StructuredData

/// `/debug/faults`, where tests turn faults on and off. It is there only if the server was started with it, and for those alone who
/// may do anything.
///
///     GET    /debug/faults                    how often each rule has matched
///     PUT    /debug/faults                    {"rules": […]} from now on (`FaultRule`); none: all is well again
///     POST   /debug/faults/expire-history     no watch can resume from an earlier version
///     POST   /debug/faults/drop-watches       every watch ends
///     POST   /debug/faults/crash              {"afterWrites": n}: the process dies once n more writes are on the disk, unanswered
extension APIHandler {
    private static let faultsPath = "/debug/faults"

    /// - Returns: `nil` where the request is for something else, or the server knows no faults.
    func handleFaults(_ request: APIRequest) async throws -> APIResponse? {
        guard let faults, request.path.hasPrefix(Self.faultsPath) else { return nil }
        switch (request.method, request.path.dropFirst(Self.faultsPath.count)) {
        case ("GET", ""): break
        case ("PUT", ""):
            var rules: [FaultRule] = []
            for rule in try Self.body(request)["rules"]?.arrayValue ?? [] { rules.append(try FaultRule(rule)) }
            faults.replace(rules)
        case ("POST", "/expire-history"): try await store.expireHistory()
        case ("POST", "/drop-watches"): store.closeWatches()
        case ("POST", "/crash"):
            guard let count = try Self.body(request)["afterWrites"]?.intValue, count > 0 else {
                throw KubernetesStatus.badRequest("afterWrites must be a number above 0")
            }
            faults.crash(afterWrites: count)
        default: throw KubernetesStatus.methodNotAllowed()
        }
        return .json(["matched": .array(faults.matched.map { JSON($0) })])
    }

    private static func body(_ request: APIRequest) throws(KubernetesStatus) -> JSON {
        do {
            return try JSON.parse(request.body)
        } catch {
            throw .badRequest("the body is no JSON: \(error)")
        }
    }

    /// Lets a request meet the fault that is due for it.
    /// - Returns: what is to happen to the events of a watch.
    /// - Throws: the answer that was asked for.
    func meetFault(_ info: RequestInfo) async throws -> FaultRule.Effect? {
        guard let effect = faults?.effect(on: info) else { return nil }
        switch effect {
        case .answer(let code, let seconds): throw FaultRule.status(code, retryAfterSeconds: seconds, info)
        case .delay(let milliseconds) where info.verb != "watch":
            try await Task.sleep(for: .milliseconds(milliseconds))
            return nil
        case .delay, .drop: return effect
        }
    }
}

/// Why a watch was cut off.
struct DroppedWatch: Error {}

/// What a fault does to the pieces of a watch.
struct WatchFault: Sendable {
    var effect: FaultRule.Effect?
    private var events = 0

    init(_ effect: FaultRule.Effect?) { self.effect = effect }

    /// Before a piece is sent; the first is the head.
    mutating func meet() async throws {
        switch effect {
        case .drop(let limit):
            // The head and `limit` events pass.
            if events > limit { throw DroppedWatch() }
        case .delay(let milliseconds):
            if events > 0 { try await Task.sleep(for: .milliseconds(milliseconds)) }
        case .answer, nil: break
        }
        events += 1
    }
}
