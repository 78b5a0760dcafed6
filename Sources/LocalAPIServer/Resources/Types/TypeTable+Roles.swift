extension TypeTable {
    /// Who may do what.
    static let roles = """
        package io.k8s.api.rbac.v1

        type PolicyRule
            What may be done, and to what.
        verbs! []string #1
            What may be done, such as get, list, watch, create, update, patch and delete; * for everything.
        apiGroups []string #2
            The groups of the resources; an empty name is the core group, * every one.
        resources []string #3
            The resources, such as pods or pods/log; * for every one.
        resourceNames []string #4
            The names of the objects; all if not given.
        nonResourceURLs []string #5
            Paths that are no resources, such as /metrics; only cluster roles may name them.

        type Role like=Object
            A Role is a set of permissions in a namespace.
        metadata ObjectMeta #1
        rules []PolicyRule #2
            What may be done.

        type ClusterRole like=Object
            A ClusterRole is a set of permissions for any namespace, or for the whole cluster.
        metadata ObjectMeta #1
        rules []PolicyRule #2
            What may be done; where aggregationRule is given, the server fills it in.
        aggregationRule AggregationRule #3*
            Which other cluster roles it takes its rules from.

        type AggregationRule
            Which other cluster roles a cluster role takes its rules from.
        clusterRoleSelectors []LabelSelector #1
            Those that any of these selectors matches.

        type RoleRef atomic
            The role that a binding gives.
        apiGroup! string #1*
            The group of the role: rbac.authorization.k8s.io.
        kind! string #2*
            Role or ClusterRole.
        name! string #3*
            The name of the role.

        type Subject atomic
            Whom a binding gives a role.
        kind! string #1*
            User, Group or ServiceAccount.
        apiGroup string #2
            The group of the kind; empty for service accounts.
        name! string #3*
            The name of the user, group or service account.
        namespace string #4
            The namespace of a service account.

        type RoleBinding like=Object
            A binding gives the permissions of a role to users, groups and service accounts: a RoleBinding in its
            namespace, a ClusterRoleBinding everywhere.
        metadata ObjectMeta #1
        subjects []Subject #2
            Who gets the role.
        roleRef! RoleRef #3
            The role; it never changes.
        """
}
