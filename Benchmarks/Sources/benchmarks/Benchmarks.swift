import ArgumentParser

@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks",
        abstract: "Measures Dynamic Agent Swarms.",
        discussion: """
            Examples:
              swift run -c release --package-path Benchmarks benchmarks queue
              swift run -c release --package-path Benchmarks benchmarks stores
              swift run -c release --package-path Benchmarks benchmarks service --das .build/release/das
              swift run -c release --package-path Benchmarks benchmarks fanout --das .build/release/das
              swift run -c release --package-path Benchmarks benchmarks cache
              swift run -c release --package-path Benchmarks benchmarks decision
              swift run -c release --package-path Benchmarks benchmarks from-zero --das .build/debug/das
              swift run -c release --package-path Benchmarks benchmarks tasks --das .build/release/das
              swift run -c release --package-path Benchmarks benchmarks api --das .build/release/das
              swift run -c release --package-path Benchmarks benchmarks pods --das .build/release/das
              swift run -c release --package-path Benchmarks benchmarks start --das .build/release/das
            """,
        subcommands: [
            QueueBenchmark.self, CacheBenchmark.self, DecodeBenchmark.self, ReconcileBenchmark.self,
            StoresBenchmark.self, FromZeroBenchmark.self, TasksBenchmark.self, APIBenchmark.self, PodsBenchmark.self,
            StartBenchmark.self, ServiceBenchmark.self, FanOutBenchmark.self, DecisionBenchmark.self, CacheFill.self,
            ServeTasks.self,
        ])
}
