import KubernetesModel
import TaskProtocol

/// Why a task is where it is, for people.
struct TaskExplanation {
    var task: TaskView
    var attempts: [AttemptView]

    var text: String {
        var lines = ["Task \(task.id) (\(task.type)) is \(task.phase.rawValue)."]
        if let swarm = task.swarm { lines[0] += " Swarm \(swarm) has it." }
        if let waiting = task.waiting {
            var why = "It waits (\(waiting.reason)): \(waiting.message)"
            if let until = waiting.until { why += ", until \(until)" }
            if let ahead = waiting.ahead, ahead > 0 {
                why += "; \(ahead >= 1000 ? "1000 or more" : "\(ahead)") before it"
            }
            lines.append(why)
        }
        if let message = task.message { lines.append((task.code.map { "\($0): " } ?? "") + message) }
        if let progress = task.progress {
            let message = progress.message.map { "; \($0)" } ?? ""
            lines.append("Progress: \(progress.done)" + (progress.total.map { " of \($0)" } ?? "") + message)
        }
        guard !attempts.isEmpty else { return lines.joined(separator: "\n") }
        var table = TextTable(["ATTEMPT", "AGENT", "STARTED", "ENDED", "OUTCOME", "MESSAGE"])
        for attempt in attempts {
            table.add([
                String(attempt.attempt), attempt.agent, attempt.startTime, attempt.endTime ?? "", attempt.outcome,
                [attempt.code, attempt.message].compactMap { $0 }.joined(separator: ": "),
            ])
        }
        return (lines + [table.text]).joined(separator: "\n")
    }
}

extension Condition {
    /// What is as it should be needs no line.
    var isWorthSaying: Bool {
        switch type {
        case "Ready": status != "True" || message?.isEmpty == false
        default: status == "True"
        }
    }
}
