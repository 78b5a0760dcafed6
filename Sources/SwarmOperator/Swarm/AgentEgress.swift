import StructuredData

/// Where the agents of a restricted swarm may send to: the gateway, the cluster's DNS, and what the swarm adds.
enum AgentEgress {
    private static let namespaceLabel = "kubernetes.io/metadata.name"
    /// Where a node's own DNS cache listens, on clusters that have one.
    private static let nodeDNS = "169.254.20.10/32"

    static func rules(gatewayURL: String, more: [JSON]?) -> [JSON] {
        [gateway(gatewayURL), dns] + (more ?? [])
    }

    private static let dns: JSON = [
        "to": [
            ["namespaceSelector": [:], "podSelector": ["matchLabels": ["k8s-app": "kube-dns"]]],
            ["ipBlock": ["cidr": .string(nodeDNS)]],
        ],
        "ports": [["protocol": "UDP", "port": 53], ["protocol": "TCP", "port": 53]],
    ]

    /// A Service is named by its namespace, since a policy sees the pods behind it, which listen on the Service's port; an
    /// address by itself. A policy knows no other names: there the port alone bounds what agents reach.
    private static func gateway(_ url: String) -> JSON {
        let (host, port) = address(of: url)
        var rule: JSON = ["ports": [["protocol": "TCP", "port": JSON(port)]]]
        let parts = host.split(separator: ".")
        if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) {
            rule["to"] = [["ipBlock": ["cidr": .string("\(host)/32")]]]
        } else if host.contains(":") {
            rule["to"] = [["ipBlock": ["cidr": .string("\(host)/128")]]]
        } else if parts.count >= 3, parts[2] == "svc" {
            let labels: JSON = .object([namespaceLabel: .string(String(parts[1]))])
            rule["to"] = [["namespaceSelector": ["matchLabels": labels]]]
        }
        return rule
    }

    private static func address(of url: String) -> (host: String, port: Int) {
        let isPlain = url.hasPrefix("http://")
        let authority = url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" }
        let end = authority.lastIndex(of: ":").flatMap { colon in
            // A colon within the brackets of an IPv6 address is none before a port.
            authority[colon...].contains("]") ? nil : colon
        }
        let host = authority[..<(end ?? authority.endIndex)].trimmingBrackets
        let port = end.flatMap { Int(authority[authority.index(after: $0)...]) }
        return (host, port ?? (isPlain ? 80 : 443))
    }
}

extension Substring {
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : String(self)
    }
}
