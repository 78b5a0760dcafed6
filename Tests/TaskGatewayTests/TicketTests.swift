import Testing

@testable import TaskGateway

@Suite("A place in a queue of waiters", .timeLimit(.minutes(1)))
struct TicketTests {
    @Test func `A wait whose time is over before it begins ends all the same`() async {
        await withTaskGroup(of: WakeReason.self) { group in
            for number in 0..<500 {
                group.addTask { await Ticket(number: UInt64(number)).wait(until: .now) }
            }
            for await reason in group { #expect(reason == .timedOut) }
        }
    }

    @Test func `A signal that came before the wait outweighs its time-out, and counts once`() async {
        let ticket = Ticket(number: 1)
        ticket.signal(.signalled)
        #expect(await ticket.wait(until: .now) == .signalled)
        #expect(await ticket.wait(until: .now) == .timedOut)
    }

    @Test func `The end of a ticket ends every later wait`() async {
        let ticket = Ticket(number: 1)
        ticket.signal(.ended)
        ticket.signal(.signalled)
        for _ in 0..<2 { #expect(await ticket.wait(until: .now) == .ended) }
    }

    @Test func `A time-out ends the wait that it was set for, and no later one`() async {
        let ticket = Ticket(number: 1)
        for _ in 0..<200 {
            // The signal and the time-out come at about the same time; one of them is left over.
            ticket.signal(.signalled)
            #expect(await ticket.wait(until: .now) == .signalled)
            async let later = ticket.wait(until: .now + .seconds(30))
            ticket.signal(.signalled)
            #expect(await later == .signalled)
        }
    }
}
