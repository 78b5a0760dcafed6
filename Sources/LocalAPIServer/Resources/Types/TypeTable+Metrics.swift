extension TypeTable {
    /// What pods and nodes use now. Never stored: nodes are asked.
    static let metrics = """
        type PodMetrics
        metadata ObjectMeta #1
        timestamp time #2
        window string #3
        containers []ContainerMetrics #4

        type ContainerMetrics
        name! string #1
        usage map[quantity] #2

        type NodeMetrics
        metadata ObjectMeta #1
        timestamp time #2
        window string #3
        usage map[quantity] #4
        """
}
