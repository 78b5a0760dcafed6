extension TypeTable {
    /// Where pods want to be, and beside whom.
    static let affinity = """
        package io.k8s.api.core.v1

        type Affinity
            On which nodes, and near which pods, a pod must or should run.
        nodeAffinity NodeAffinity #1*
            Which nodes are wanted.
        podAffinity PodAffinity #2*
            Which pods are wanted nearby.
        podAntiAffinity PodAntiAffinity #3*
            Which pods are not wanted nearby.

        type NodeAffinity
            Which nodes a pod wants.
        requiredDuringSchedulingIgnoredDuringExecution NodeSelector #1*
            What the node must be like when the pod is scheduled; later changes do not matter.
        preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm #2
            What the node should be like, by weight.

        type NodeSelector atomic
            Chooses nodes; one of its terms must match.
        nodeSelectorTerms! []NodeSelectorTerm #1
            The terms, of which one must match.

        type NodeSelectorTerm atomic
            Demands on a node, all of which must hold.
        matchExpressions []NodeSelectorRequirement #1
            What is asked of the node's labels.
        matchFields []NodeSelectorRequirement #2
            What is asked of the node's fields; metadata.name is the only one.

        type NodeSelectorRequirement
            What is asked of one label or field of a node.
        key! string #1*
            The name of the label or field.
        operator! string #2*
            In, NotIn, Exists, DoesNotExist, Gt or Lt.
        values []string #3
            The values to compare with; Gt and Lt take one number.

        type PreferredSchedulingTerm
            Nodes that a pod prefers.
        weight! int32 #1*
            How much it prefers them, from 1 to 100.
        preference! NodeSelectorTerm #2
            Which nodes.

        type PodAffinity
            Which pods a pod wants nearby.
        requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm #1
            Which pods must be nearby when the pod is scheduled; later changes do not matter.
        preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm #2
            Which pods should be nearby, by weight.

        type PodAntiAffinity
            Which pods a pod does not want nearby.
        requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm #1
            Which pods must not be nearby when the pod is scheduled; later changes do not matter.
        preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm #2
            Which pods should not be nearby, by weight.

        type PodAffinityTerm
            Pods, and what nearby means.
        labelSelector LabelSelector #1*
            Which pods.
        namespaces []string #2
            The namespaces that they are looked for in; the pod's own if neither this nor namespaceSelector is given.
        topologyKey! string #3*
            Nodes that have the same value of this label are near each other.
        namespaceSelector LabelSelector #4*
            Which namespaces they are looked for in, by labels, besides namespaces.
        matchLabelKeys []string #5
            Labels in which they must have the same value as the pod itself.
        mismatchLabelKeys []string #6
            Labels in which they must have another value than the pod itself.

        type WeightedPodAffinityTerm
            Pods that a pod prefers nearby, or elsewhere.
        weight! int32 #1*
            How much it prefers that, from 1 to 100.
        podAffinityTerm! PodAffinityTerm #2
            Which pods, and what nearby means.
        """
}
