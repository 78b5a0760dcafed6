package import StructuredData

extension AgentSwarm {
    /// Whom the swarm's agents may talk to.
    package struct Network: Codable, Sendable, Equatable {
        package enum Mode: String, Codable, Sendable {
            /// The operator makes a NetworkPolicy: the gateway, names, and what `egress` adds; nobody comes in.
            case restricted = "Restricted"
            /// The operator makes none.
            case unmanaged = "Unmanaged"
        }

        package var mode: Mode?
        /// Further rules, as in a NetworkPolicy's `egress`.
        package var egress: [JSON]?

        package init(mode: Mode? = nil, egress: [JSON]? = nil) {
            self.mode = mode
            self.egress = egress
        }
    }

    package var networkMode: Network.Mode { spec.agent?.network?.mode ?? .restricted }
}
