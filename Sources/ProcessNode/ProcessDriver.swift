private import Glibc
private import Subprocess
private import Synchronization
private import SystemPackage

/// Runs containers as processes of this machine, each in a process group of its own.
///
/// A process group ends with its first process: what that one leaves behind is killed. Processes carry `DAS_NODE_ROOT` in their
/// environment, and are noted in a file, so that a node that was killed finds them when it starts again.
struct ProcessDriver: ContainerDriver {
    let pump: OutputPump
    /// The node's root directory; marks the processes that belong to it.
    let root: String

    /// Output of a command that is kept, for the message of a failed probe.
    private static let outputLimit = 16 << 10

    func run(
        _ launch: ContainerLaunch, stop: StopRequest, onStart: @escaping @Sendable (ContainerStart) -> Void
    ) async throws -> ContainerExit {
        let log = try await Blocking.run { try ContainerLog(path: launch.logPath, maxBytes: launch.maxLogBytes) }
        // Our cancellation must not reach the process: it would be killed without its grace. The end comes through `stop`.
        let run = Task { try await spawn(launch, log, stop, onStart) }
        return try await run.value
    }

    private func spawn(
        _ launch: ContainerLaunch, _ log: ContainerLog, _ stop: StopRequest,
        _ onStart: @escaping @Sendable (ContainerStart) -> Void
    ) async throws -> ContainerExit {
        var output = try Pipe()
        var errors = try Pipe()
        let (outputEnd, errorEnd) = (output.takeWriteEnd(), errors.takeWriteEnd())
        let (outputRead, errorRead) = (output.takeReadEnd(), errors.takeReadEnd())
        let ends = Latch()
        let isWatched = Mutex(false)
        do {
            let result = try await Subprocess.run(
                configuration(launch),
                input: .none,
                output: .fileDescriptor(FileDescriptor(rawValue: outputEnd), closeAfterSpawningProcess: true),
                error: .fileDescriptor(FileDescriptor(rawValue: errorEnd), closeAfterSpawningProcess: true)
            ) { execution in
                let identifier = execution.processIdentifier
                isWatched.withLock { $0 = true }
                pump.add(
                    OutputPump.Watch(
                        standardOutput: outputRead, standardError: errorRead,
                        processDescriptor: fcntl(identifier.processDescriptor, F_DUPFD_CLOEXEC, 0), log: log,
                        onExit: { ends.set() }))
                // Noted before anybody hears of it. A crash before this line is covered by the mark in the environment.
                try? await Blocking.run { try Leftovers.note(identifier.value, launch) }
                onStart(ContainerStart(processIdentifier: identifier.value, log: log))
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await stop.requested()
                        guard !Task.isCancelled else { return }
                        // To the first process alone, as container runtimes do: it knows how to end its children.
                        try? execution.send(signal: .terminate)
                        await stop.graceEnded()
                        guard !Task.isCancelled else { return }
                        try? execution.send(signal: .kill, toProcessGroup: true)
                    }
                    await ends.wait()
                    group.cancelAll()
                }
                // Until it is reaped, which is after this, the identifier is not used again: what is left in the group is ours.
                try? execution.send(signal: .kill, toProcessGroup: true)
            }
            await note(launch, log)
            return Self.exit(result.terminationStatus)
        } catch {
            if !isWatched.withLock({ $0 }) {
                close(outputRead)
                close(errorRead)
                log.finish(time: WallTime.microseconds())
            }
            await note(launch, log)
            throw ProcessNodeError(.start, "\(launch.executable) cannot be started: \(error)")
        }
    }

    private func note(_ launch: ContainerLaunch, _ log: ContainerLog) async {
        try? await Blocking.run { Files.remove(launch.recordPath) }
    }

    func execute(_ command: [String], in launch: ContainerLaunch) async throws -> (exitCode: Int, output: String) {
        guard let program = command.first else { return (0, "") }
        var launch = launch
        launch.executable = program
        launch.arguments = Array(command.dropFirst())
        let limit = Self.outputLimit
        let result = try await Subprocess.run(
            configuration(launch), input: .none, output: .sequence, error: .combinedWithOutput
        ) { execution in
            var output: [UInt8] = []
            for try await buffer in execution.standardOutput where output.count < limit {
                buffer.withUnsafeBytes { output.append(contentsOf: $0.prefix(limit - output.count)) }
            }
            return String(decoding: output, as: UTF8.self)
        }
        return (Self.exit(result.terminationStatus).code, result.closureResult)
    }

    private func configuration(_ launch: ContainerLaunch) -> Subprocess.Configuration {
        var options = PlatformOptions()
        options.processGroupID = 0
        var variables = launch.environment
        variables[Leftovers.rootVariable] = root
        variables[Leftovers.podVariable] = launch.podUID
        var environment: [Environment.Key: String] = [:]
        for (name, value) in variables { if let key = Environment.Key(rawValue: name) { environment[key] = value } }
        let executable: Executable =
            launch.executable.contains("/") ? .path(FilePath(launch.executable)) : .name(launch.executable)
        return Subprocess.Configuration(
            executable: executable, arguments: Arguments(launch.arguments), environment: .custom(environment),
            workingDirectory: FilePath(launch.workingDirectory), platformOptions: options)
    }

    private static func exit(_ status: TerminationStatus) -> ContainerExit {
        switch status {
        case .exited(let code): ContainerExit(code: Int(code))
        case .signaled(let signal): ContainerExit(code: 128 + Int(signal), signal: Int(signal))
        }
    }
}

/// A pipe whose reading end does not block; ends that were not taken are closed with it.
private struct Pipe: ~Copyable {
    private var readEnd: Int32
    private var writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw ProcessNodeError(.start, "a pipe cannot be made: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    mutating func takeReadEnd() -> Int32 {
        defer { readEnd = -1 }
        return readEnd
    }

    mutating func takeWriteEnd() -> Int32 {
        defer { writeEnd = -1 }
        return writeEnd
    }

    deinit {
        if readEnd >= 0 { close(readEnd) }
        if writeEnd >= 0 { close(writeEnd) }
    }
}
