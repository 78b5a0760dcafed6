import Glibc
import Synchronization
import SystemThreads
import TestSupport
import Testing

@Suite("A thread that runs tasks", .timeLimit(.minutes(2)))
struct DedicatedThreadTests {
    private static func currentThread() -> pthread_t { pthread_self() }

    @Test func `a task and its children run on it and on nothing else, also after each sleep`() async throws {
        let thread = try DedicatedThread("test")
        defer { thread.stop() }
        let seen = Shared<Set<pthread_t>>([])
        @Sendable func note() { seen.withLock { _ = $0.insert(Self.currentThread()) } }
        await withTaskExecutorPreference(thread) {
            note()
            await withTaskGroup(of: Void.self) { group in
                for milliseconds in 0..<5 {
                    group.addTask {
                        note()
                        try? await thread.clock.sleep(for: .milliseconds(milliseconds))
                        note()
                    }
                }
            }
            note()
        }
        #expect(seen.withLock { $0.count } == 1)
    }

    @Test func `it goes on while every thread of the pool is blocked`() async throws {
        let thread = try DedicatedThread("test")
        defer { thread.stop() }
        let beats = CountdownLatch(100)
        let task = Task(executorPreference: thread) {
            while !Task.isCancelled {
                try await thread.clock.sleep(for: .milliseconds(1))
                beats.countDown()
            }
        }
        #expect(await beats.blockPool())
        task.cancel()
        _ = await task.result
    }

    @Test func `many may sleep; each wakes in its turn, and cancelling one wakes that one`() async throws {
        let thread = try DedicatedThread("test")
        defer { thread.stop() }
        let order = Shared<[Int]>([])
        let endless = Task { try await thread.clock.sleep(for: .seconds(3600)) }
        await withTaskGroup(of: Void.self) { group in
            let now = ContinuousClock.now
            for index in [3, 1, 2] {
                group.addTask(executorPreference: thread) {
                    try? await thread.clock.sleep(until: now + .milliseconds(20 * index), tolerance: nil)
                    order.withLock { $0.append(index) }
                }
            }
        }
        endless.cancel()
        await #expect(throws: CancellationError.self) { try await endless.value }
        #expect(order.withLock { $0 } == [1, 2, 3])
    }

    @Test func `a sleep in a cancelled task ends at once`() async throws {
        let thread = try DedicatedThread("test")
        defer { thread.stop() }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await thread.clock.sleep(for: .seconds(3600))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a rest ends when it is woken, also by a call before it began, and with its task`() async throws {
        let thread = try DedicatedThread("test")
        defer { thread.stop() }
        let far = ContinuousClock.now + .seconds(3600)
        thread.wake()
        await thread.rest(until: far)
        await thread.rest(until: .now + .milliseconds(1))
        let resting = Task { await thread.rest(until: far) }
        resting.cancel()
        await resting.value
    }

    @Test func `what is asleep when the thread is told to end still ends, and what comes later runs on the pool`()
        async throws
    {
        let thread = try DedicatedThread("test")
        let sleeper = Task(executorPreference: thread) { try await thread.clock.sleep(for: .milliseconds(20)) }
        try await thread.clock.sleep(for: .milliseconds(1))
        thread.stop()
        try await sleeper.value
        for _ in 0..<100 {
            #expect(await Task(executorPreference: thread) { 7 }.value == 7)
        }
    }
}

/// A value that many tasks and threads use.
private final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { value.withLock { body(&$0) } }
}
