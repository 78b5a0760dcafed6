import Glibc
import StructuredData
import Synchronization
import SystemThreads

/// The other side of a slot: the process in which workloads run.
///
/// Workloads run on the main thread, which reads what the agent says as long as none does. While one runs, a second thread reads, so
/// that a request to cancel and the agent's end are noticed, whatever the workload does (`WorkerInbox`).
public enum WorkerChild {
    /// Serves attempts until the agent closes its end, or dies.
    /// - Parameter memory: applied to this process before any workload runs.
    public static func run(_ registry: WorkloadRegistry, memory: WorkerMemory = WorkerMemory(limit: nil)) -> Never {
        let channel = ChildProcess.childDescriptor
        var kind: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(channel, SOL_SOCKET, SO_TYPE, &kind, &length) == 0 else {
            complain(
                "worker is started by an agent only; to run one task here, use: agent-runner run TYPE --input FILE")
            exit(2)
        }
        closeDescriptors(above: channel)
        // What a workload starts has no business there either.
        _ = fcntl(channel, F_SETFD, FD_CLOEXEC)
        memory.applyToThisProcess()
        let writer = FrameWriter(channel)
        let inbox: WorkerInbox
        do {
            inbox = try WorkerInbox(channel) { leave() }
        } catch {
            complain("\(error)")
            exit(1)
        }
        writer.sendReady()
        while true {
            let (run, cancellation) = inbox.next()
            let number = writer.begin()
            let context = WorkloadContext(
                task: run.task, attempt: run.attempt, deadline: run.timeoutMs.map { .now + .milliseconds($0) },
                lastCheckpoint: run.checkpoint, traceparent: run.traceparent, cancellation: cancellation
            ) { writer.send(WorkerEventMessage($0), of: number) }
            writer.end(with: outcome(of: run, registry, context))
        }
    }

    private static func complain(_ message: String) {
        let bytes = Array((message + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    /// What the agent's libraries left open when it started this process, connections for example, is none of ours to hold.
    private static func closeDescriptors(above highest: Int32) {
        guard let directory = opendir("/proc/self/fd") else { return }
        var open: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let descriptor = Int32(name), descriptor > highest { open.append(descriptor) }
        }
        closedir(directory)
        for descriptor in open { close(descriptor) }
    }

    private static func outcome(
        of run: WorkerCommandMessage.Run, _ registry: WorkloadRegistry, _ context: WorkloadContext
    ) -> WorkerEventMessage {
        guard let workload = registry[run.type] else {
            return .failure(
                .permanent(
                    .unknownType,
                    "this agent knows no task type \"\(run.type)\", only \(registry.types.joined(separator: ", "))"))
        }
        do {
            let answer = try workload.run(run.input, context: context)
            return workload.rejection(of: answer).map { .failure($0) } ?? .result(answer)
        } catch let error as WorkloadError {
            return .failure(error)
        } catch {
            return .failure(.permanent(.workloadFailed, "\(error)"))
        }
    }

    /// No clean-up: a workload may be running, and nobody is left to hear of it. What it has started ends with it.
    private static func leave() -> Never {
        if getsid(0) == getpid() { ProcessSession.current.kill(sparing: getpid()) }
        _exit(0)
    }

    /// Writes whole frames, one at a time, from any thread.
    private final class FrameWriter: Sendable {
        private struct State {
            var run = 0
            var isRunning = false
        }

        private let channel: Int32
        private let state = Mutex(State())

        init(_ channel: Int32) { self.channel = channel }

        func begin() -> Int {
            state.withLock { state in
                state.run += 1
                state.isRunning = true
                return state.run
            }
        }

        func end(with message: WorkerEventMessage) {
            state.withLock { state in
                state.isRunning = false
                write(message)
            }
        }

        /// Writes a message of run `number`; nothing where that has ended, as a thread that a workload left behind may not
        /// speak in the name of the next task.
        func send(_ message: WorkerEventMessage, of number: Int) {
            state.withLock { state in
                if state.isRunning, state.run == number { write(message) }
            }
        }

        func sendReady() { state.withLock { _ in write(.ready) } }

        private func write(_ message: WorkerEventMessage) {
            var content = message.json.serialized()
            if content.count > FrameBuffer.longestFrameBytes {
                // A checkpoint that large would not be taken either; the one before it stays.
                if case .checkpoint = message { return }
                content =
                    WorkerEventMessage.failure(
                        .permanent(.resultTooLarge, "the result has \(content.count) bytes as JSON: ask for less")
                    ).json.serialized()
            }
            var rest = FrameBuffer.frame(content)[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes {
                    Glibc.send(channel, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if sent < 0, errno == EINTR { continue }
                guard sent > 0 else { leave() }
                rest = rest.dropFirst(sent)
            }
        }
    }
}
