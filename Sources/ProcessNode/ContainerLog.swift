private import Glibc
internal import KubernetesModel
private import Synchronization

/// The output of one run of a container, as a file of lines `TIME STREAM FLAG TEXT` (as CRI runtimes write it; FLAG is `P` for
/// a part of a longer line, else `F`), with one older file beside it once it has grown too long.
///
/// The pump writes; any number of readers wait for more.
final class ContainerLog: Sendable {
    enum Stream: Int, Sendable {
        case stdout, stderr
        var name: String { self == .stdout ? "stdout" : "stderr" }
    }

    /// How far the log has been written: which file, and how much of it.
    struct Position: Sendable, Hashable {
        var generation: Int
        var offset: Int
    }

    /// A longer line is cut into parts.
    static let maxLineBytes = 16 << 10

    private struct State {
        var descriptor: Int32
        var position = Position(generation: 0, offset: 0)
        var isFinished = false
        var partial: [[UInt8]] = [[], []]
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextID = 0
    }

    let path: String
    private let maxBytes: Int
    private let state: Mutex<State>

    /// The file that holds what came before the current one.
    static func older(_ path: String) -> String { path + ".1" }

    /// - Parameter maxBytes: a file that grows beyond this is put aside; the one before is dropped.
    init(path: String, maxBytes: Int) throws {
        self.path = path
        self.maxBytes = maxBytes
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw ProcessNodeError(.file, "the log \(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

    var position: Position { state.withLock { $0.position } }
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Adds what arrived on `stream` at `time` (microseconds since 1970).
    func append(_ bytes: some Collection<UInt8>, _ stream: Stream, time: Int64) {
        wake(
            state.withLock { state in
                var lines: [UInt8] = []
                var line = state.partial[stream.rawValue]
                for byte in bytes {
                    if byte == UInt8(ascii: "\n") {
                        Self.add(line, "F", stream, time, to: &lines)
                        line.removeAll(keepingCapacity: true)
                    } else {
                        line.append(byte)
                        if line.count == Self.maxLineBytes {
                            Self.add(line, "P", stream, time, to: &lines)
                            line.removeAll(keepingCapacity: true)
                        }
                    }
                }
                state.partial[stream.rawValue] = line
                return write(lines, &state)
            })
    }

    /// No more will come.
    func finish(time: Int64) {
        wake(
            state.withLock { state in
                guard !state.isFinished else { return [] }
                var lines: [UInt8] = []
                for stream in [Stream.stdout, .stderr] where !state.partial[stream.rawValue].isEmpty {
                    Self.add(state.partial[stream.rawValue], "F", stream, time, to: &lines)
                    state.partial[stream.rawValue] = []
                }
                let waiters = write(lines, &state)
                state.isFinished = true
                close(state.descriptor)
                state.descriptor = -1
                defer { state.waiters.removeAll() }
                return waiters + Array(state.waiters.values)
            })
    }

    /// Returns once there is more than `position`, or no more will come, or the task is cancelled.
    func waitForMore(than position: Position) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.isFinished || state.position != position || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    private static func add(
        _ line: [UInt8], _ flag: String, _ stream: Stream, _ time: Int64, to lines: inout [UInt8]
    ) {
        lines.append(contentsOf: "\(Timestamp.text(microseconds: time)) \(stream.name) \(flag) ".utf8)
        lines.append(contentsOf: line)
        lines.append(UInt8(ascii: "\n"))
    }

    private func wake(_ waiters: [CheckedContinuation<Void, Never>]) { for waiter in waiters { waiter.resume() } }

    private func write(_ lines: [UInt8], _ state: inout State) -> [CheckedContinuation<Void, Never>] {
        guard !lines.isEmpty, state.descriptor >= 0 else { return [] }
        if state.position.offset > 0, state.position.offset + lines.count > maxBytes { rotate(&state) }
        var offset = 0
        while offset < lines.count {
            let count = lines.withUnsafeBytes { raw in
                Glibc.write(state.descriptor, raw.baseAddress?.advanced(by: offset), raw.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            // A full disk costs log lines, not the container.
            guard count > 0 else { break }
            offset += count
        }
        state.position.offset += offset
        defer { state.waiters.removeAll() }
        return Array(state.waiters.values)
    }

    private func rotate(_ state: inout State) {
        guard rename(path, Self.older(path)) == 0 else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        close(state.descriptor)
        state.descriptor = descriptor
        state.position = Position(generation: state.position.generation + 1, offset: 0)
    }
}
