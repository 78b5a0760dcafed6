import ControllerRuntime
import Glibc
import Logging
import Synchronization
import TestSupport
import Testing

@testable import ProcessNode

@Suite("Containers as processes", .timeLimit(.minutes(2)))
struct ProcessDriverTests {
    private let directory: TemporaryDirectory
    private let pump: OutputPump
    private let driver: ProcessDriver

    init() throws {
        directory = try TemporaryDirectory()
        pump = try OutputPump()
        driver = ProcessDriver(pump: pump, root: directory.path)
    }

    private func launch(_ script: String, environment: [String: String] = [:]) -> ContainerLaunch {
        ContainerLaunch(
            podUID: "uid", container: "main", attempt: 0, executable: "/bin/sh", arguments: ["-c", script],
            environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }, workingDirectory: directory.path,
            logPath: directory.path + "/0.log", maxLogBytes: 1 << 20, recordPath: directory.path + "/process.json")
    }

    private var output: String {
        var filter = LogFilter(LogQuery())
        return String(decoding: filter.output(Files.read(directory.path + "/0.log") ?? []), as: UTF8.self)
    }

    /// Runs to the end; `onOutput` is called once the log holds `text`.
    private func run(
        _ launch: ContainerLaunch, stop: StopRequest = StopRequest(time: .continuous), until text: String = "",
        onOutput: @escaping @Sendable (ContainerStart) async -> Void = { _ in }
    ) async throws -> ContainerExit {
        let (starts, start) = AsyncStream<ContainerStart>.makeStream()
        let watch = Task {
            for await started in starts {
                guard let log = started.log else { return }
                var query = LogQuery()
                query.follow = true
                var seen = ""
                let reader = LogReader(path: log.path, live: log, query: query)
                let found = Mutex(false)
                try? await reader.read { bytes in
                    seen += String(decoding: bytes, as: UTF8.self)
                    if seen.contains(text), !found.withLock({ $0 }) {
                        found.withLock { $0 = true }
                        await onOutput(started)
                    }
                }
            }
        }
        defer { watch.cancel() }
        return try await driver.run(launch, stop: stop) { start.yield($0) }
    }

    @Test("the exit code, the environment, the directory and both streams arrive")
    func basics() async throws {
        let launch = launch("echo \"$GREETING\"; pwd; echo problem >&2; exit 3", environment: ["GREETING": "hello"])
        #expect(try await run(launch) == ContainerExit(code: 3))
        #expect(output.contains("hello\n") && output.contains(directory.path + "\n") && output.contains("problem\n"))
        #expect(!Files.exists(launch.recordPath))
    }

    @Test("the last output of a process that ends at once is not lost")
    func lastOutput() async throws {
        for _ in 0..<10 {
            _ = try await run(launch("head -c 60000 /dev/zero | tr '\\0' x; echo; echo end"))
            #expect(output.hasSuffix("end\n"))
            #expect(output.utf8.count == 60_005)
        }
    }

    @Test("a process that a signal ended counts as 128 + the signal")
    func signals() async throws {
        #expect(try await run(launch("kill -9 $$")) == ContainerExit(code: 137, signal: 9))
    }

    @Test("a stop is a SIGTERM first, which a process may take its time for")
    func stopsPolitely() async throws {
        let stop = StopRequest(time: .continuous)
        let script = "trap 'echo stopping; exit 7' TERM; echo up; while :; do sleep 0.05; done"
        let exit = try await run(launch(script), stop: stop, until: "up\n") { _ in stop.request(grace: .seconds(60)) }
        #expect(exit == ContainerExit(code: 7))
        #expect(output == "up\nstopping\n")
    }

    @Test("the SIGTERM reaches the first process alone, so that it can end its children in its own way")
    func childrenAreNotTerminated() async throws {
        let stop = StopRequest(time: .continuous)
        let script = """
            (trap 'echo child was terminated; exit' TERM; echo up; while :; do sleep 0.02; done) & child=$!
            trap 'kill -0 $child && echo child lives; exit 0' TERM
            while :; do sleep 0.02; done
            """
        _ = try await run(launch(script), stop: stop, until: "up\n") { _ in stop.request(grace: .seconds(60)) }
        #expect(output == "up\nchild lives\n")
    }

    @Test("who does not stop in time is killed, and so is the whole group")
    func kills() async throws {
        let stop = StopRequest(time: .continuous)
        let script = "trap '' TERM; sleep 1000 & echo child $!; echo up; while :; do sleep 0.05; done"
        let exit = try await run(launch(script), stop: stop, until: "up\n") { _ in
            stop.request(grace: .seconds(60))
            stop.request(grace: .milliseconds(50))
        }
        #expect(exit == ContainerExit(code: 137, signal: 9))
        let child = try #require(output.split(separator: "\n").first?.split(separator: " ").last.flatMap { Int32($0) })
        try await ProcessTable.waitForEnd(of: child)
    }

    @Test("what the first process leaves behind goes with it")
    func groupGoesWithItsLeader() async throws {
        _ = try await run(launch("sleep 1000 & echo child $!"))
        let child = try #require(output.split(separator: " ").last.flatMap { Int32($0.prefix { $0.isNumber }) })
        try await ProcessTable.waitForEnd(of: child)
    }

    @Test("cancelling the task that waits does not end the process; the stop request does")
    func notCancelled() async throws {
        let stop = StopRequest(time: .continuous)
        let started = Latch()
        let launch = launch("trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done")
        let task = Task {
            try await run(launch, stop: stop, until: "up\n") { _ in started.set() }
        }
        await started.wait()
        task.cancel()
        stop.request(grace: .seconds(60))
        let exit = try await task.value
        #expect(exit == ContainerExit(code: 5) || exit == ContainerExit(code: 143, signal: 15))
    }

    @Test("a program that cannot be started is an error that names it")
    func cannotStart() async {
        var launch = launch("")
        launch.executable = "/nonexistent/program"
        await #expect {
            _ = try await run(launch)
        } throws: {
            "\($0)".contains("/nonexistent/program")
        }
    }

    @Test("a command beside the container has its environment; its output is kept")
    func executes() async throws {
        let result = try await driver.execute(
            ["/bin/sh", "-c", "echo $X; exit 4"], in: launch("", environment: ["X": "y"]))
        #expect(result.exitCode == 4)
        #expect(result.output == "y\n")
    }
}

@Suite("What an earlier life left", .timeLimit(.minutes(2)))
struct LeftoversTests {
    private let logger = Logger(label: "test")

    /// Starts a process that is nobody's child when this returns, as those of a killed node are; returns its identifier.
    private func orphan(_ directory: TemporaryDirectory, marked: Bool) async throws -> Int32 {
        let mark = marked ? "\(Leftovers.rootVariable)=\(directory.path)" : "UNMARKED=1"
        let file = directory.path + "/pid"
        let command = "env \(mark) setsid sh -c 'echo $$ > \(file).tmp; mv \(file).tmp \(file); exec sleep 1000' &"
        try #require(system(command) == 0)
        return try await FileWatch.wait(at: directory.path) {
            directory.read("pid").flatMap { Int32($0.prefix { $0.isNumber }) }
        }
    }

    private func isAlive(_ identifier: Int32) -> Bool { Leftovers.process(identifier).map { !$0.isZombie } ?? false }

    @Test("processes that carry the mark of the root directory are ended, others are not")
    func marked() async throws {
        let ours = try TemporaryDirectory()
        let others = try TemporaryDirectory()
        let mine = try await orphan(ours, marked: true)
        let other = try await orphan(others, marked: true)
        defer { kill(other, SIGKILL) }
        #expect(isAlive(mine))
        let ended = try await Blocking.run { [logger] in
            try Leftovers.end(root: ours.path, records: [], logger: logger)
        }
        #expect(ended >= 1)
        #expect(!isAlive(mine))
        #expect(isAlive(other))
    }

    @Test("processes that were noted are ended, but not another that got the same identifier")
    func noted() async throws {
        let directory = try TemporaryDirectory()
        let identifier = try await orphan(directory, marked: false)
        defer { kill(identifier, SIGKILL) }
        let record = directory.path + "/process.json"
        let process = try #require(Leftovers.process(identifier))
        _ = try directory.write(
            "{\"pid\": \(identifier), \"startTime\": \"\(process.startTime + 1)\"}", to: "process.json")
        let end: @Sendable () throws -> Int = { [logger] in
            try Leftovers.end(root: directory.path, records: [record], logger: logger)
        }
        #expect(try await Blocking.run(end) == 0)
        #expect(isAlive(identifier))
        _ = try directory.write("{\"pid\": \(identifier), \"startTime\": \"\(process.startTime)\"}", to: "process.json")
        #expect(try await Blocking.run(end) == 1)
        #expect(!isAlive(identifier))
        #expect(!Files.exists(record))
    }

    @Test("only one node may use a directory")
    func lock() throws {
        let directory = try TemporaryDirectory()
        let lock = try DirectoryLock(directory.path)
        #expect(throws: ProcessNodeError.self) { _ = try DirectoryLock(directory.path) }
        _ = consume lock
        _ = try DirectoryLock(directory.path)
    }
}
