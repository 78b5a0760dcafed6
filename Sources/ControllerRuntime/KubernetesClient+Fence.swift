public import KubernetesClient

extension KubernetesClient {
    /// The same client for a leader's work: it sends nothing that may change something once `elector` may not act as leader, even
    /// where the work has not heard of that yet, as after a pause of the whole process; `LeadershipLost` is thrown instead.
    ///
    /// What was sent before may still arrive. Only preconditions keep that from doing harm.
    public func fenced(by elector: LeaderElector) -> KubernetesClient {
        checkingWrites { try elector.checkLeading() }
    }
}
