/// The bounds of what a workload says, which both sides of a worker know.
public enum WorkloadLimits {
    /// A result, as JSON. It fits a message between worker and agent, with room for what is around it.
    public static let resultBytes = 24 << 20
}
