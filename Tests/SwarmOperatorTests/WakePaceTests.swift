import KubernetesModel
import Testing

@testable import SwarmOperator

@Suite struct WakePaceTests {
    private let key = ObjectKey(namespace: "default", name: "swarm")

    @Test func `However often a swarm is asked for, it is looked at once in a pause`() {
        let pace = WakePace(pause: .milliseconds(200))
        let start = ContinuousClock.now
        let delays = (0..<1000).map { pace.delay(key, now: start + .milliseconds($0)) }
        #expect(delays.indices.filter { delays[$0] == .zero } == [0, 200, 400, 600, 800])
        #expect(delays.allSatisfy { $0 == .zero || $0 == .milliseconds(200) })
    }

    @Test func `Swarms do not wait for one another, however many there are`() {
        let pace = WakePace(pause: .seconds(1))
        let now = ContinuousClock.now
        for number in 0..<1500 {
            #expect(pace.delay(ObjectKey(namespace: "n", name: "s\(number)"), now: now) == .zero)
        }
        #expect(pace.delay(ObjectKey(namespace: "n", name: "s0"), now: now) == .seconds(1))
        #expect(pace.delay(ObjectKey(namespace: "n", name: "s1499"), now: now) == .seconds(1))
    }
}
