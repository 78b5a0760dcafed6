import StructuredData
import TaskProtocol
import Testing

@testable import AgentRuntime

@Suite("The agent's machine under random events")
struct AgentMachineTraceTests {
    private let down = CallFailure(.transient, message: "nobody listens")

    @Test(arguments: [UInt64](0..<200))
    func `random traces never run more than the slots hold, nor ask twice at once, and always end`(seed: UInt64) {
        var random = SeededGenerator(seed)
        var agent = AgentHarness(slots: 3)
        agent.random = SeededGenerator(seed &+ 1000)
        var polls: [LeaseRequest] = [LeaseRequest(agent: "a1", request: 1, freeSlots: 3, waitMs: 30_000)]
        var running: [AttemptID: Int] = [:]
        var reporting: [AttemptID: CompleteRequest.Next?] = [:]
        var timers: [AgentMachine.Timer] = []
        var lastRequest: Int64 = 1
        var tasks = 0
        var isFinished = false

        func grants(upTo count: Int) -> [LeaseGrant] {
            (0..<Int.random(in: 0...max(count, 0), using: &random)).map { _ in
                tasks += 1
                return grant("t\(tasks)")
            }
        }
        func step(_ event: AgentMachine.Event) {
            for action in agent.send(event) {
                switch action {
                case .lease(let request):
                    #expect(request.request >= lastRequest)
                    lastRequest = request.request
                    if request.freeSlots > 0 {
                        #expect(polls.isEmpty && !reporting.values.contains { $0 != nil })
                        #expect(request.freeSlots <= 3 - running.count)
                    }
                    polls.append(request)
                case .run(let grant, let slot):
                    #expect(!running.values.contains(slot))
                    running[grant.id] = slot
                case .report(let id, _, _, let next):
                    if let next {
                        #expect(polls.isEmpty && next.request >= lastRequest)
                        lastRequest = next.request
                    }
                    reporting[id] = next
                case .schedule(let timer, _): timers.append(timer)
                case .finish: isFinished = true
                default: break
                }
            }
        }
        func act(ending: Bool) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                guard let request = polls.randomElement(using: &random) else { return }
                polls.removeAll { $0 == request }
                if Bool.random(using: &random) {
                    step(
                        .leased(
                            request: request.request,
                            LeaseAnswer(
                                leases: grants(upTo: request.freeSlots),
                                drain: !ending && Int.random(in: 0..<10, using: &random) == 0),
                            waited: .seconds(1)))
                } else {
                    step(.leaseFailed(request: request.request, down))
                }
            case 2, 3:
                guard let (id, slot) = running.randomElement(using: &random) else { return }
                running[id] = nil
                step(
                    .attemptEnded(
                        id, slot: slot, Bool.random(using: &random) ? .completed([:]) : .discarded, reusable: true))
            case 4, 5:
                guard let (id, next) = reporting.randomElement(using: &random) else { return }
                reporting[id] = nil
                if Int.random(in: 0..<3, using: &random) == 0 {
                    step(.reportFailed(id, down))
                } else {
                    step(.reported(id, .accepted, nil, leases: next.map { grants(upTo: $0.freeSlots) }, drain: false))
                }
            case 6:
                guard let timer = timers.randomElement(using: &random) else { return }
                if timer == .lastReports || timer == .drainDeadline { return }
                timers.removeAll { $0 == timer }
                step(.timer(timer))
            default:
                if !ending { step(.drain(false)) }
            }
        }
        for _ in 0..<300 { act(ending: false) }
        step(.terminate)
        var steps = 0
        while !isFinished, steps < 100_000 {
            act(ending: true)
            steps += 1
        }
        #expect(isFinished)
        #expect(agent.machine.attempts.isEmpty)
    }
}
