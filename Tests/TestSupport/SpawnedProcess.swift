import Glibc
import Subprocess
import SystemPackage
import SystemThreads

/// A process with a thread that reads what it says.
///
/// swift-subprocess starts it, awaits its end and sees to it that it inherits no descriptor but its standard ones. The pipes are our
/// own: what a program wrote before its end is read to the last byte, and what its children write after that holds up nobody.
final class SpawnedProcess: Sendable {
    enum Event: Sendable {
        case output([UInt8])
        case errors([UInt8])
        /// The exit code, negative for a signal. It comes last, when all that the process wrote has been told.
        case end(Int32)
    }

    let identifier: pid_t

    /// Starts a program.
    /// - Parameter onEvent: called on a thread of the process's own, one event after another.
    static func start(
        _ configuration: Configuration, input: String, onEvent: @escaping @Sendable (Event) -> Void
    ) async throws -> SpawnedProcess {
        let (output, errors, ended) = try (Pipe(), Pipe(), Pipe())
        let identifier = try await withCheckedThrowingContinuation { started in
            // The process outlives this call, and whoever makes it; its end is told by an event.
            Task {
                do {
                    let result = try await Subprocess.run(
                        configuration, input: .string(input),
                        output: .fileDescriptor(output.writeEnd, closeAfterSpawningProcess: true),
                        error: .fileDescriptor(errors.writeEnd, closeAfterSpawningProcess: true)
                    ) { execution in
                        started.resume(returning: execution.processIdentifier.value)
                    }
                    var code = exitCode(result.terminationStatus)
                    _ = withUnsafeBytes(of: &code) { try? ended.writeEnd.writeAll($0) }
                } catch {
                    started.resume(throwing: ChildProgramFailure("cannot start \(configuration.executable): \(error)"))
                }
                try? ended.writeEnd.close()
            }
        }
        try OSThread.start("output-\(identifier)") {
            read(
                output: output.readEnd.rawValue, errors: errors.readEnd.rawValue, ended: ended.readEnd.rawValue, onEvent
            )
        }
        return SpawnedProcess(identifier: identifier)
    }

    private init(identifier: pid_t) { self.identifier = identifier }

    func send(_ signal: Int32, toGroup: Bool) { kill(toGroup ? -identifier : identifier, signal) }

    private static func exitCode(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): -signal
        }
    }

    private static func read(output: Int32, errors: Int32, ended: Int32, _ onEvent: (Event) -> Void) {
        var polls = [output, errors, ended].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var code: Int32?
        while code == nil {
            guard poll(&polls, nfds_t(polls.count), -1) > 0 else { continue }
            // Seen before the last reads, so that those get all it wrote.
            if polls[2].revents != 0 {
                var value: Int32 = 0
                _ = Glibc.read(ended, &value, MemoryLayout<Int32>.size)
                code = value
            }
            // A negative descriptor is passed over.
            if !drain(output, { onEvent(.output($0)) }) { polls[0].fd = -1 }
            if !drain(errors, { onEvent(.errors($0)) }) { polls[1].fd = -1 }
        }
        for descriptor in [output, errors, ended] { close(descriptor) }
        onEvent(.end(code ?? 0))
    }

    /// Takes what is there; returns whether more may come.
    private static func drain(_ descriptor: Int32, _ take: ([UInt8]) -> Void) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                take(Array(buffer[..<count]))
            } else if count == 0 {
                return false
            } else if errno != EINTR {
                return errno == EAGAIN
            }
        }
    }

    private struct Pipe {
        /// Does not block.
        var readEnd: FileDescriptor
        var writeEnd: FileDescriptor

        init() throws {
            (readEnd, writeEnd) = try FileDescriptor.pipe(options: .closeOnExec)
            _ = fcntl(readEnd.rawValue, F_SETFL, O_NONBLOCK)
        }
    }
}
