extension TypeTable {
    /// Where pods want to be, and beside whom.
    static let affinity = """
        package io.k8s.api.core.v1

        type Affinity -- Where pods want to be.
        nodeAffinity NodeAffinity #1*
        podAffinity PodAffinity #2*
        podAntiAffinity PodAntiAffinity #3*

        type NodeAffinity
        requiredDuringSchedulingIgnoredDuringExecution NodeSelector #1*
        preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm #2

        type NodeSelector atomic
        nodeSelectorTerms! []NodeSelectorTerm #1

        type NodeSelectorTerm atomic
        matchExpressions []NodeSelectorRequirement #1
        matchFields []NodeSelectorRequirement #2

        type NodeSelectorRequirement
        key! string #1*
        operator! string #2*
        values []string #3

        type PreferredSchedulingTerm
        weight! int32 #1*
        preference! NodeSelectorTerm #2

        type PodAffinity
        requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm #1
        preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm #2

        type PodAntiAffinity
        requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm #1
        preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm #2

        type PodAffinityTerm
        labelSelector LabelSelector #1*
        namespaces []string #2
        topologyKey! string #3*
        namespaceSelector LabelSelector #4*
        matchLabelKeys []string #5
        mismatchLabelKeys []string #6

        type WeightedPodAffinityTerm
        weight! int32 #1*
        podAffinityTerm! PodAffinityTerm #2
        """
}
