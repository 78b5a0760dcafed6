import Testing

/// What users of swarms and tasks do, through the Kubernetes API alone.
@Suite("Scenarios", .scenarioCluster, .timeLimit(.minutes(5)))
enum Scenarios {}
