import StructuredData
import Testing

@testable import SwarmScaling

@Suite struct MultiServerQueueTests {
    private let reference: QueueReference

    init() throws { reference = try QueueReference.read() }

    /// Relative, and absolute where the value itself is below what matters to anyone.
    private func agree(_ value: Double, _ wanted: Double) -> Bool { abs(value - wanted) <= 1e-9 * max(wanted, 1e-12) }

    @Test func `Erlang's loss formula agrees with sixty digits to 1e-9, up to 10,000 servers`() {
        #expect(reference.losses.count > 30)
        for loss in reference.losses {
            let value = ErlangLoss.probability(servers: loss.servers, load: loss.load)
            #expect(agree(value, loss.probability), "\(loss): \(value)")
        }
    }

    @Test func `The recurrence and the integral agree wherever both hold`() {
        for servers in [129, 500, 3000, 10_000] {
            for part in [0.3, 0.7, 0.9, 0.99, 0.9999, 0.999999] {
                let load = Double(servers) * part
                let slow = ErlangLoss.byRecurrence(servers, load)
                #expect(agree(ErlangLoss.byIntegral(Double(servers), load), slow), "\(servers) servers, \(load)")
            }
        }
    }

    @Test func `Loads of a printed table bring its blocking`() {
        #expect(reference.rappaport.count == 32)
        for entry in reference.rappaport {
            let low = ErlangLoss.probability(servers: entry.servers, load: entry.load - entry.unit)
            let high = ErlangLoss.probability(servers: entry.servers, load: entry.load + entry.unit)
            #expect(low <= entry.probability && entry.probability <= high, "\(entry)")
        }
    }

    @Test func `Few servers wait as the fractions say that follow by hand`() {
        for form in reference.closedForms {
            let queue = MultiServerQueue(servers: form.servers, load: form.load, serviceSeconds: 1)
            #expect(agree(queue.waitProbability, form.fraction[0] / form.fraction[1]), "\(form)")
        }
    }

    @Test func `Waiting probability, mean, tail and percentiles agree to 1e-9`() throws {
        #expect(reference.queues.count > 15)
        for wanted in reference.queues {
            let queue = MultiServerQueue(
                servers: wanted.servers, load: wanted.load, serviceSeconds: wanted.serviceSeconds,
                variation: wanted.variation)
            #expect(agree(queue.waitProbability, wanted.waitProbability), "\(wanted)")
            #expect(agree(queue.meanWaitSeconds, wanted.meanWaitSeconds), "\(wanted)")
            for (seconds, probability) in wanted.over {
                let value = queue.waitProbability(over: try #require(Double(seconds)))
                #expect(agree(value, probability), "\(wanted): over \(seconds)")
            }
            for (percentile, wait) in wanted.percentiles {
                let value = queue.waitSeconds(percentile: try #require(Double(percentile)))
                #expect(agree(value, wait), "\(wanted): \(percentile) %")
            }
        }
    }

    @Test func `Without arrivals nobody waits, and an overrun queue grows for ever`() {
        for servers in [0, 1, 10_000] {
            let empty = MultiServerQueue(servers: servers, load: 0, serviceSeconds: 1)
            #expect(empty.waitProbability == 0 && empty.waitProbability(over: 3) == 0)
            #expect(empty.meanWaitSeconds == 0 && empty.waitSeconds(percentile: 99) == 0)
            for load in [Double(servers), Double(servers) + 1, 1e12] where load > 0 {
                let overrun = MultiServerQueue(servers: servers, load: load, serviceSeconds: 1)
                #expect(overrun.waitProbability == 1 && overrun.waitProbability(over: 1e9) == 1)
                #expect(overrun.meanWaitSeconds == .infinity && overrun.waitSeconds(percentile: 50) == .infinity)
            }
        }
    }

    @Test func `Up to the very edge of its capacity a queue's figures are numbers that rise with the load`() {
        for servers in [1, 100, 10_000] {
            var before = 0.0
            for distance in [0.1, 1e-3, 1e-6, 1e-9, 1e-12] {
                let queue = MultiServerQueue(
                    servers: servers, load: Double(servers) * (1 - distance), serviceSeconds: 2)
                let wait = queue.meanWaitSeconds
                #expect(queue.waitProbability > 0 && queue.waitProbability <= 1)
                #expect(wait.isFinite && wait > before, "\(servers) servers, \(distance) from the edge: \(wait)")
                before = wait
            }
        }
    }
}
