import NIOCore
import NIOPosix
import Testing

@testable import ServerConnections

@Suite("Tasks on an event loop")
struct LoopExecutorTests {
    @Test("Work goes off a loop and comes back to it")
    func offAndBack() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let places = try await withTaskExecutorPreference(LoopExecutor(loop)) {
            let before = loop.inEventLoop
            let off = try await withoutLoop { loop.inEventLoop }
            return [before, off, loop.inEventLoop]
        }
        #expect(places == [true, false, true])
    }
}
