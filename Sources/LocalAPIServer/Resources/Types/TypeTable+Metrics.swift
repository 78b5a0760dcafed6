extension TypeTable {
    /// What pods and nodes use now. Never stored: nodes are asked.
    static let metrics = """
        package io.k8s.metrics.pkg.apis.metrics.v1beta1

        type PodMetrics -- What a pod uses now.
        metadata ObjectMeta #1
        timestamp time #2
        window string #3
        containers []ContainerMetrics #4

        type ContainerMetrics
        name! string #1
        usage map[quantity] #2

        type NodeMetrics -- What a node uses now.
        metadata ObjectMeta #1
        timestamp time #2
        window string #3
        usage map[quantity] #4
        """
}
