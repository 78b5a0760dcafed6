import Foundation
import Synchronization

/// A program that runs beside a test, with its output collected.
package final class ChildProgram: Sendable {
    private struct Output {
        var text = ""
        var isClosed = false
    }

    private struct End {
        var code: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    private let process = Process()
    private let output = Mutex(Output())
    private let end = Mutex(End())
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    package init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: String? = nil
    ) throws {
        (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        let standardInput = Pipe()
        process.standardInput = input == nil ? FileHandle.nullDevice : standardInput
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            self?.take(data)
            if data.isEmpty { handle.readabilityHandler = nil }
        }
        process.terminationHandler = { [weak self] process in
            let code = process.terminationStatus
            self?.ended(process.terminationReason == .uncaughtSignal ? -code : code)
        }
        try process.run()
        if let input {
            standardInput.fileHandleForWriting.write(Data(input.utf8))
            try standardInput.fileHandleForWriting.close()
        }
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    private func take(_ data: Data) {
        output.withLock { output in
            output.text += String(decoding: data, as: UTF8.self)
            if data.isEmpty { output.isClosed = true }
        }
        changed.yield()
    }

    package var processIdentifier: Int32 { process.processIdentifier }
    package var isRunning: Bool { process.isRunning }
    package var text: String { output.withLock { $0.text } }

    package func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until the output holds `text`. One waiter at a time.
    package func waitFor(_ text: String) async throws {
        if self.text.contains(text) { return }
        for await _ in changes {
            let (seen, isClosed) = output.withLock { ($0.text, $0.isClosed) }
            if seen.contains(text) { return }
            if isClosed { throw Unexpected(description: "ended without saying \"\(text)\"; it said:\n\(seen)") }
        }
        throw CancellationError()
    }

    private func ended(_ code: Int32) {
        let waiters = end.withLock { end in
            end.code = code
            defer { end.waiters = [] }
            return end.waiters
        }
        for waiter in waiters { waiter.resume(returning: code) }
    }

    /// Waits for the end; the exit code, negative for a signal.
    package func exitCode() async -> Int32 {
        await withCheckedContinuation { continuation in
            let code = end.withLock { end in
                if end.code == nil { end.waiters.append(continuation) }
                return end.code
            }
            if let code { continuation.resume(returning: code) }
        }
    }

    /// Runs a program to its end.
    package static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: String? = nil
    ) async throws -> (code: Int32, text: String) {
        let child = try ChildProgram(executable, arguments, environment: environment, input: input)
        let code = await child.exitCode()
        await child.drained()
        return (code, child.text)
    }

    /// Waits until all output has been read.
    private func drained() async {
        if output.withLock({ $0.isClosed }) { return }
        for await _ in changes where output.withLock({ $0.isClosed }) { return }
    }

    package struct Unexpected: Error, CustomStringConvertible {
        package var description: String

        package init(description: String) { self.description = description }
    }
}
