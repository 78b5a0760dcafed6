import ArgumentParser
import OperatorService
import TaskQueue
import Testing

@Suite struct QueueOptionsTests {
    @Test("Options of the queue reach its policy")
    func policy() throws {
        let options = try QueueOptions.parse([
            "--max-live-tasks", "10", "--max-result-mib", "5", "--retention-days", "2",
            "--failed-retention-days", "3",
        ])
        #expect(options.policy.maxLiveTasks == 10)
        #expect(options.policy.maxBlobBytes == 5 << 20)
        #expect(options.policy.retentionMs == 2 * 86_400_000)
        #expect(options.policy.failedRetentionMs == 3 * 86_400_000)
        #expect(try QueueOptions.parse([]).policy == QueuePolicy())
    }

    @Test(
        "Values that cannot be are refused",
        arguments: ["--max-live-tasks", "--max-result-mib", "--retention-days", "--failed-retention-days"])
    func bounds(flag: String) {
        for value in ["0", "-1", "many", "99999999999"] {
            #expect(throws: (any Error).self) { try QueueOptions.parse([flag, value]) }
        }
    }

    @Test("Every option can be given in the environment")
    func environment() {
        let help = QueueOptions.helpMessage()
        for option in QueueOptions.environmentOptions { #expect(help.contains("--\(option)")) }
    }
}
