import KubernetesModel
package import StructuredData
package import SwarmAPI
package import TaskQueue

/// What a SwarmTask's status says of its items.
package enum FanOutStatus {
    private static let maxFailureText = 300

    package static func counts(total: Int, _ counts: GroupCounts) -> SwarmTask.ItemCounts {
        SwarmTask.ItemCounts(
            total: total, queued: max(total - counts.total, 0) + counts.waiting, running: counts.leased,
            succeeded: counts.succeeded, failed: counts.failed, cancelled: counts.cancelled)
    }

    /// The counts once nothing more is submitted: what never was counts as cancelled.
    package static func finalCounts(total: Int, _ counts: GroupCounts) -> SwarmTask.ItemCounts {
        var items = Self.counts(total: total, counts)
        items.cancelled += items.queued
        items.queued = 0
        return items
    }

    package static func progress(_ items: SwarmTask.ItemCounts) -> SwarmTask.Progress {
        let parts = [
            (items.running, "running"), (items.failed, "failed"), (items.cancelled, "cancelled"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return SwarmTask.Progress(
            done: items.succeeded + items.failed + items.cancelled, total: items.total,
            message: parts.isEmpty ? nil : parts.joined(separator: ", "))
    }

    /// The result of a fan-out without a reduce step.
    package static func result(_ items: SwarmTask.ItemCounts) -> JSON {
        [
            "total": JSON(items.total), "succeeded": JSON(items.succeeded), "failed": JSON(items.failed),
            "cancelled": JSON(items.cancelled),
        ]
    }

    /// A message with the first failures.
    package static func message(_ text: String, _ failures: [ItemFailure]) -> String {
        let told = failures.map { failure -> String in
            let message = failure.failure.message
            let short = message.count > maxFailureText ? message.prefix(maxFailureText) + "…" : message[...]
            return "item \(failure.index): \(failure.failure.code): \(short)"
        }
        return ([text] + told).filter { !$0.isEmpty }.joined(separator: "; ")
    }

    static func time(_ time: StoreTime) -> String { Timestamp.text(seconds: time.milliseconds / 1000) }
}
