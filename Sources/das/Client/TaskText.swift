import TaskProtocol

/// Tasks for people.
enum TaskText {
    static func table(_ tasks: [TaskView], isWide: Bool) -> String {
        guard !tasks.isEmpty else { return "no tasks" }
        var table = TextTable(
            ["TASK", "TYPE", "PHASE", "SWARM", "ATTEMPTS"] + (isWide ? ["AGENT", "QUEUED", "ENDED", "MESSAGE"] : []))
        for task in tasks {
            var cells = [task.id, task.type, task.phase.rawValue, task.swarm ?? "", String(task.attempts)]
            if isWide {
                cells += [task.agent ?? "", task.queuedTime ?? "", task.completionTime ?? "", task.message ?? ""]
            }
            table.add(cells)
        }
        return table.text
    }

    /// How a task stands, in a line.
    static func line(_ task: TaskView) -> String {
        var text = "\(task.id)  \(task.type)  \(task.phase.rawValue)"
        if let progress = task.progress, !task.phase.isFinal {
            text += "  \(progress.done)" + (progress.total.map { "/\($0)" } ?? "")
            if let message = progress.message { text += " \(message)" }
        }
        if task.phase == .queued, let waiting = task.waiting { text += "  \(waiting.message)" }
        if let message = task.message { text += "  \(message)" }
        return text
    }
}
