import SwarmAPI
import Synchronization

/// Shows what happens: a block that is redrawn on a terminal, a line for each change otherwise.
final class DemoDisplay: Sendable {
    private struct State {
        var last: DemoState?
        var drawnLines = 0
    }

    private let isTerminal: Bool
    private let columns: Int
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    private init(isTerminal: Bool, columns: Int) {
        self.isTerminal = isTerminal
        self.columns = columns
    }

    static func forStandardOutput() -> DemoDisplay {
        DemoDisplay(isTerminal: TerminalOutput.isTerminal, columns: TerminalOutput.columns)
    }

    func say(_ text: String) { write("\(clock)  \(text)\n") }

    func update(_ new: DemoState) {
        let output = state.withLock { state -> String in
            defer { state.last = new }
            if isTerminal {
                let lines = block(new)
                let up = state.drawnLines > 0 ? "\u{1B}[\(state.drawnLines)A" : ""
                state.drawnLines = lines.count
                return up + lines.map { "\u{1B}[2K\($0)\n" }.joined()
            }
            guard state.last != new else { return "" }
            return line(new, after: state.last)
        }
        write(output)
    }

    /// Ends the block, so that what follows stands below it.
    func finish() { state.withLock { $0.drawnLines = 0 } }

    func show(_ table: DemoTable) { write("\n\(table.text)\n\n") }

    private func block(_ state: DemoState) -> [String] {
        let width = max(10, min(40, columns - 50))
        let total = max(state.phases.count, 1)
        let done = state.count(.succeeded, .failed, .cancelled) * width / total
        let running = state.count(.running) * width / total
        let bar =
            String(repeating: "█", count: done) + String(repeating: "▒", count: running)
            + String(repeating: "·", count: width - done - running)
        let agents =
            String(repeating: "●", count: state.ready) + String(repeating: "○", count: state.agents - state.ready)
        return [
            "\(clock)  agents  \(agents.isEmpty ? "–" : agents)  \(state.ready) ready, \(state.agents) there, \(state.wanted) wanted",
            "       tasks   \(bar)  \(summary(state))",
        ]
    }

    private func line(_ new: DemoState, after old: DemoState?) -> String {
        var parts: [String] = []
        if (old?.agents ?? 0, old?.ready ?? 0) != (new.agents, new.ready) {
            parts.append("agents \(old?.agents ?? 0) → \(new.agents) (\(new.ready) ready)")
        }
        if old?.phases != new.phases { parts.append("tasks: \(summary(new))") }
        return parts.isEmpty ? "" : "\(clock)  \(parts.joined(separator: "; "))\n"
    }

    private func summary(_ state: DemoState) -> String {
        var parts = [
            "\(state.count(.pending, .queued)) pending", "\(state.count(.running)) running",
            "\(state.count(.succeeded)) succeeded",
        ]
        let failed = state.count(.failed, .cancelled)
        if failed > 0 { parts.append("\(failed) failed") }
        return parts.joined(separator: ", ")
    }

    private var clock: String {
        let seconds = start.duration(to: .now).components.seconds
        let rest = seconds % 60
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
    }

    private func write(_ text: String) {
        TerminalOutput.write(text)
    }
}
