/// The workloads that an agent knows, by task type.
public struct WorkloadRegistry: Sendable {
    private let workloads: [String: any Workload]

    /// - Parameter workloads: of two with one type the later is taken.
    public init(_ workloads: [any Workload]) {
        self.workloads = Dictionary(workloads.map { ($0.type, $0) }, uniquingKeysWith: { _, later in later })
    }

    /// The task types, in alphabetical order.
    public var types: [String] { workloads.keys.sorted() }

    public subscript(type: String) -> (any Workload)? { workloads[type] }
}
