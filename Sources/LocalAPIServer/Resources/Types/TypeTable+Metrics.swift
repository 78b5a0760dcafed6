extension TypeTable {
    /// What pods and nodes use now. Never stored: nodes are asked.
    static let metrics = """
        package io.k8s.metrics.pkg.apis.metrics.v1beta1

        type PodMetrics like=Object
            What a pod uses, as its node has measured it.
        metadata ObjectMeta #1
        timestamp time #2
            When it was measured.
        window string #3
            Over how long it was measured.
        containers []ContainerMetrics #4
            What each container uses.

        type ContainerMetrics
            What a container uses.
        name! string #1
            The name of the container.
        usage map[quantity] #2
            How much it uses, by resource: cpu and memory.

        type NodeMetrics like=Object
            What a node uses, as it has measured it.
        metadata ObjectMeta #1
        timestamp time #2
            When it was measured.
        window string #3
            Over how long it was measured.
        usage map[quantity] #4
            How much it uses, by resource: cpu and memory.
        """
}
