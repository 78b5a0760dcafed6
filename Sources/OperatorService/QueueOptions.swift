import ArgumentParser
package import TaskQueue

/// What bounds the queue: `--max-live-tasks`, `--max-result-mib`, `--retention-days`, `--failed-retention-days`.
package struct QueueOptions: ParsableArguments {
    /// Of those options that can be given in the environment.
    package static let environmentOptions = [
        "max-live-tasks", "max-result-mib", "retention-days", "failed-retention-days",
    ]

    @Option(
        name: .customLong("max-live-tasks"),
        help: "Tasks of one namespace that have not ended; more are asked to come back later.")
    package var maxLiveTasks = QueuePolicy().maxLiveTasks

    @Option(name: .customLong("max-result-mib"), help: "The largest result that is taken, in MiB.")
    package var maxResultMiB = QueuePolicy().maxBlobBytes >> 20

    @Option(name: .customLong("retention-days"), help: "How long ended tasks are kept, with their results.")
    package var retentionDays = Int(QueuePolicy().retentionMs / 86_400_000)

    @Option(
        name: .customLong("failed-retention-days"),
        help: "How long tasks that failed are kept. The kinds of failures are counted for 90 days in any case.")
    package var failedRetentionDays = Int(QueuePolicy().failedRetentionMs / 86_400_000)

    package init() {}

    package func validate() throws {
        for (flag, value, most) in [
            ("--max-live-tasks", maxLiveTasks, 1_000_000_000), ("--max-result-mib", maxResultMiB, 1 << 20),
            ("--retention-days", retentionDays, 36_500), ("--failed-retention-days", failedRetentionDays, 36_500),
        ] where !(1...most).contains(value) {
            throw ValidationError("\(flag) is \(value); it must be 1 to \(most)")
        }
    }

    package var policy: QueuePolicy {
        var policy = QueuePolicy()
        policy.maxLiveTasks = maxLiveTasks
        policy.maxBlobBytes = maxResultMiB << 20
        policy.retentionMs = Int64(retentionDays) * 86_400_000
        policy.failedRetentionMs = Int64(failedRetentionDays) * 86_400_000
        return policy
    }
}
