import FoundationEssentials
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A program that runs beside a test, with its output collected.
///
/// It leads a process group of its own, so that an interrupt of the test run is not taken for one of its own, and inherits no
/// descriptor but its standard ones. Dropping it kills it with its group. Any number of tasks may wait for what it says and for
/// its end; a wait ends with its task.
package final class ChildProgram: Sendable {
    /// What the program's standard output and standard error said so far.
    private struct State {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        /// Set once everything it said has been read.
        var exitCode: Int32?
        var waiters: [Waiter] = []
        var nextWaiter = 0
    }

    private struct Waiter {
        var id: Int
        var isServed: (borrowing State) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private let process: SpawnedProcess
    private let state: Shared

    /// What the reading thread and the program share; the thread must not keep the program from being dropped.
    private final class Shared: Sendable {
        let value = Mutex(State())

        /// Changes the state and wakes those whose wait that ends.
        func change(_ body: (inout State) -> Void) {
            let served = value.withLock { state in
                body(&state)
                let waiters = state.waiters
                let served = waiters.filter { $0.isServed(state) }
                state.waiters.removeAll { waiter in served.contains { $0.id == waiter.id } }
                return served
            }
            for waiter in served { waiter.continuation.resume() }
        }
    }

    /// Starts a program.
    /// - Parameters:
    ///   - executable: a path, or a name to be found in `PATH`.
    ///   - environment: added to the tests' own, or all there is where `inheritsEnvironment` is false.
    ///   - input: its whole standard input.
    package static func start(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
        inheritsEnvironment: Bool = true, input: String = "", directory: String? = nil
    ) async throws -> ChildProgram {
        let inherited = inheritsEnvironment ? ProcessInfo.processInfo.environment : [:]
        var variables: [Environment.Key: String] = [:]
        for (name, value) in inherited.merging(environment, uniquingKeysWith: { _, new in new }) {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        var options = PlatformOptions()
        options.processGroupID = 0
        let configuration = Configuration(
            executable: executable.contains("/") ? .path(FilePath(executable)) : .name(executable),
            arguments: Arguments(arguments), environment: .custom(variables),
            workingDirectory: directory.map { FilePath($0) }, platformOptions: options)
        let state = Shared()
        let process = try await SpawnedProcess.start(configuration, input: input) { event in
            state.change { state in
                switch event {
                case .output(let bytes): state.output += bytes
                case .errors(let bytes): state.errors += bytes
                case .end(let code): state.exitCode = code
                }
            }
        }
        return ChildProgram(process, state)
    }

    private init(_ process: SpawnedProcess, _ state: Shared) {
        self.process = process
        self.state = state
    }

    deinit { if isRunning { process.send(SIGKILL, toGroup: true) } }

    package var processIdentifier: Int32 { process.identifier }
    package var isRunning: Bool { state.value.withLock { $0.exitCode == nil } }
    /// What it said on standard output, so far.
    package var output: String { String(decoding: state.value.withLock { $0.output }, as: UTF8.self) }
    /// What it said on standard error, so far.
    package var errors: String { String(decoding: state.value.withLock { $0.errors }, as: UTF8.self) }
    /// What it said on either.
    package var text: String { output + errors }

    /// Sends a signal to the program alone, as `kill` does.
    package func send(_ signal: Int32) { process.send(signal, toGroup: false) }

    /// Waits until what it said holds `text`.
    package func waitFor(_ text: String) async throws {
        let bytes = Array(text.utf8)
        await wait(forState: { $0.exitCode != nil || $0.output.contains(bytes) || $0.errors.contains(bytes) })
        guard self.text.contains(text) else {
            try Task.checkCancellation()
            throw ChildProgramFailure("it ended without saying \"\(text)\"; it said:\n\(self.text)")
        }
    }

    /// How often it has said something so far, on either.
    package func count(of text: String) -> Int { self.text.ranges(of: text).count }

    /// Waits until it has said something more often than `count` times.
    package func waitFor(_ text: String, moreOftenThan count: Int) async throws {
        await wait(forState: { state in
            if state.exitCode != nil { return true }
            let said = String(decoding: state.output, as: UTF8.self) + String(decoding: state.errors, as: UTF8.self)
            return said.ranges(of: text).count > count
        })
        guard self.count(of: text) > count else {
            try Task.checkCancellation()
            throw ChildProgramFailure("it ended without saying \"\(text)\" once more; it said:\n\(self.text)")
        }
    }

    /// Waits until what it said on standard output fulfils a condition.
    package func wait(until isFulfilled: @escaping @Sendable (String) -> Bool) async throws {
        await wait(forState: { $0.exitCode != nil || isFulfilled(String(decoding: $0.output, as: UTF8.self)) })
        guard isFulfilled(output) else {
            try Task.checkCancellation()
            throw ChildProgramFailure("it ended without saying what was waited for; it said:\n\(text)")
        }
    }

    /// Waits for the end; the exit code, negative for a signal.
    /// - Throws: `CancellationError`, which ends the wait and not the program.
    @discardableResult
    package func exitCode() async throws -> Int32 {
        await wait(forState: { $0.exitCode != nil })
        guard let code = state.value.withLock({ $0.exitCode }) else { throw CancellationError() }
        return code
    }

    /// Runs a program to its end.
    package static func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
        inheritsEnvironment: Bool = true, input: String = "", directory: String? = nil
    ) async throws -> Outcome {
        let child = try await start(
            executable, arguments, environment: environment, inheritsEnvironment: inheritsEnvironment, input: input,
            directory: directory)
        let code = try await child.exitCode()
        return Outcome(code: code, output: child.output, errors: child.errors)
    }

    /// How a program ended, with all it said.
    package struct Outcome: Sendable {
        /// Negative for a signal.
        package var code: Int32
        package var output: String
        package var errors: String
        package var text: String { output + errors }
    }

    private func wait(forState isServed: @escaping @Sendable (borrowing State) -> Bool) async {
        let id = state.value.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.value.withLock { state in
                    if Task.isCancelled || isServed(state) { return true }
                    state.waiters.append(Waiter(id: id, isServed: isServed, continuation: continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.value.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume()
        }
    }
}

package struct ChildProgramFailure: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
