import CurlTransport
import Glibc
import HTTPTransport
import TestSupport
import Testing

@testable import AgentRuntime

@Suite("Descriptors that are waited for as one", .timeLimit(.minutes(1)))
struct DescriptorGroupTests {
    @Test func `each of many is told of, but for those that are not watched any longer`() async throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let group = try DescriptorGroup(try #require(transport.executor))
        let pipes = (0..<200).map { _ in BytePipe() }
        let heard = Observed<[Int: UInt8]>([:])
        for (index, pipe) in pipes.enumerated() {
            let isWatched = group.watch(
                DescriptorWatch(pipe.reading) {
                    let byte = pipe.take()
                    heard.change { $0[index] = byte }
                    // Every third wants to be told no more.
                    return index % 3 > 0
                } onEnd: {
                    heard.change { $0[index] = 99 }
                })
            #expect(isWatched)
        }
        for (index, pipe) in pipes.enumerated() { pipe.put(UInt8(index)) }
        // All of them can be read from when the thread first looks.
        group.join()
        try await heard.wait { $0.count == pipes.count }
        #expect(heard.value == Dictionary(uniqueKeysWithValues: pipes.indices.map { ($0, UInt8($0)) }))

        group.unwatch(pipes[1].reading)
        heard.change { $0 = [:] }
        for pipe in pipes { pipe.put(7) }
        let rest = pipes.indices.filter { $0 % 3 > 0 && $0 != 1 }
        try await heard.wait { $0.count == rest.count }
        #expect(heard.value == Dictionary(uniqueKeysWithValues: rest.map { ($0, 7) }))
        #expect(pipes[0].take() == 7 && pipes[1].take() == 7)

        heard.change { $0 = [:] }
        transport.shutdown()
        try await heard.wait { $0.count == rest.count }
        #expect(heard.value == Dictionary(uniqueKeysWithValues: rest.map { ($0, 99) }))
        let pipe = BytePipe()
        #expect(
            !group.watch(
                DescriptorWatch(pipe.reading) {
                    true
                } onEnd: {
                }))
    }

    @Test func `a descriptor that takes the number of one whose watch is just ending is told of`() async throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let group = try DescriptorGroup(try #require(transport.executor))
        group.join()
        defer { group.leave() }
        let (old, new) = (BytePipe(), BytePipe())
        let heard = Observed<UInt8?>(nil)
        let isWatched = group.watch(
            DescriptorWatch(old.reading) {
                // As when another thread closes it, opens the next and has that watched, before this one says that it has ended.
                guard dup2(new.reading, old.reading) == old.reading else { return false }
                let isNewWatched = group.watch(
                    DescriptorWatch(old.reading) {
                        heard.change { $0 = new.take() }
                        return true
                    } onEnd: {
                    })
                heard.change { $0 = isNewWatched ? 1 : 0 }
                return false
            } onEnd: {
            })
        #expect(isWatched)
        old.put(0)
        try await heard.wait { $0 != nil }
        #expect(heard.value == 1)
        new.put(2)
        try await heard.wait { $0 == 2 }
    }

    @Test func `a descriptor that cannot be watched, or not twice, is refused`() throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let group = try DescriptorGroup(try #require(transport.executor))
        group.join()
        defer { group.leave() }
        let pipe = BytePipe()
        #expect(
            group.watch(
                DescriptorWatch(pipe.reading) {
                    true
                } onEnd: {
                }))
        #expect(
            !group.watch(
                DescriptorWatch(pipe.reading) {
                    true
                } onEnd: {
                }))
        #expect(
            !group.watch(
                DescriptorWatch(-1) {
                    true
                } onEnd: {
                }))
    }
}
