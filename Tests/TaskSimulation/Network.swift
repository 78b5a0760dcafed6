import TaskQueue
import TaskStoreTesting

@testable import AgentRuntime

/// What came of a call.
enum Reply<Answer> {
    case success(Answer)
    case failure(CallFailure)
}

/// Carries calls from agents and submitters to gateways, and loses, repeats and delays them.
final class Network {
    typealias Respond<Answer> = (Reply<Answer>) -> Void

    private unowned let world: Simulation
    private var random: SeededGenerator

    init(_ world: Simulation) {
        self.world = world
        random = world.random("network")
    }

    private func delay() -> Int64 {
        if world.has(.delay), random.chance(10) { return Int64.random(in: 0...20_000, using: &random) }
        return Int64.random(in: 0...20, using: &random)
    }

    private func isLost() -> Bool { world.has(.loss) && random.chance(12) }

    /// Calls any one gateway. `completion` is called once: with the first answer that arrives, or the failure to get one.
    /// - Parameters:
    ///   - isCut: whether the caller is cut off from all gateways.
    ///   - body: what the gateway does; it answers now or later.
    func call<Answer>(
        timeoutMs: Int64, isCut: @escaping () -> Bool = { false },
        _ body: @escaping (SimulatedGateway, @escaping (Reply<Answer>) -> Void) async throws -> Void,
        completion: @escaping (Reply<Answer>) async throws -> Void
    ) {
        var isDone = false
        func finish(_ result: Reply<Answer>, after delay: Int64) {
            world.plan(after: delay) {
                if isDone { return }
                isDone = true
                try await completion(result)
            }
        }
        finish(.failure(CallFailure(.transient, message: "no answer in time")), after: timeoutMs)
        let gateway = world.gateways[Int.random(in: 0..<world.gateways.count, using: &random)]
        let copies = world.has(.duplication) && random.chance(15) ? 2 : 1
        for _ in 0..<copies where !isCut() && !isLost() {
            world.plan(after: delay()) { [self] in
                guard gateway.isUp else {
                    return finish(.failure(CallFailure(.transient, message: "connection refused")), after: 1)
                }
                let life = gateway.life
                let respond: Respond<Answer> = { [self] result in
                    if isCut() || isLost() { return }
                    world.plan(after: delay()) {
                        let isThere = gateway.isUp && gateway.life == life
                        finish(
                            isThere ? result : .failure(CallFailure(.transient, message: "connection reset")),
                            after: 0)
                    }
                }
                do {
                    try await body(gateway, respond)
                } catch is StoreAway {
                    respond(.failure(CallFailure(.transient, message: "the task store cannot answer now")))
                }
            }
        }
    }
}
