extension FunctionLibrary {
    static let addresses = FunctionLibrary(
        """
        ip string_to_ip(string) -> ip
        ip .cidr_ip(cidr) -> ip
        isIP is_ip(string) -> bool
        ip.isCanonical ip_is_canonical(string) -> bool
        family .ip_family(ip) -> int
        isUnspecified .ip_is_unspecified(ip) -> bool
        isLoopback .ip_is_loopback(ip) -> bool
        isLinkLocalMulticast .ip_is_link_local_multicast(ip) -> bool
        isLinkLocalUnicast .ip_is_link_local_unicast(ip) -> bool
        isGlobalUnicast .ip_is_global_unicast(ip) -> bool
        string ip_to_string(ip) -> string
        cidr string_to_cidr(string) -> cidr
        isCIDR is_cidr(string) -> bool
        containsIP .cidr_contains_ip_string(cidr, string) -> bool
        containsIP .cidr_contains_ip_ip(cidr, ip) -> bool
        containsCIDR .cidr_contains_cidr_string(cidr, string) -> bool
        containsCIDR .cidr_contains_cidr(cidr, cidr) -> bool
        prefixLength .cidr_prefix_length(cidr) -> int
        masked .cidr_masked(cidr) -> cidr
        string cidr_to_string(cidr) -> string
        """,
        [
            "ip": { arguments throws(EvaluationError) in
                if case .cidr(let network) = arguments[0] { return .ip(network.address) }
                return .ip(try address(arguments[0]))
            },
            "isIP": { arguments throws(EvaluationError) in .bool(IPAddress(try arguments[0].string()) != nil) },
            "ip.isCanonical": { arguments throws(EvaluationError) in
                .bool(try address(arguments[0]).text == arguments[0].string())
            },
            "family": { arguments throws(EvaluationError) in .int(try arguments[0].ip().family) },
            "isUnspecified": { arguments throws(EvaluationError) in .bool(try arguments[0].ip().isUnspecified) },
            "isLoopback": { arguments throws(EvaluationError) in .bool(try arguments[0].ip().isLoopback) },
            "isLinkLocalMulticast": { arguments throws(EvaluationError) in
                .bool(try arguments[0].ip().isLinkLocalMulticast)
            },
            "isLinkLocalUnicast": { arguments throws(EvaluationError) in
                .bool(try arguments[0].ip().isLinkLocalUnicast)
            },
            "isGlobalUnicast": { arguments throws(EvaluationError) in .bool(try arguments[0].ip().isGlobalUnicast) },
            "string": { arguments throws(EvaluationError) in
                switch arguments[0] {
                case .ip(let address): .string(address.text)
                case .cidr(let network): .string(network.text)
                default: throw .noSuchOverload
                }
            },
            "cidr": { arguments throws(EvaluationError) in .cidr(try network(arguments[0])) },
            "isCIDR": { arguments throws(EvaluationError) in .bool(IPNetwork(try arguments[0].string()) != nil) },
            "containsIP": { arguments throws(EvaluationError) in
                .bool(try arguments[0].cidr().contains(try address(arguments[1])))
            },
            "containsCIDR": { arguments throws(EvaluationError) in
                .bool(try arguments[0].cidr().contains(try network(arguments[1])))
            },
            "prefixLength": { arguments throws(EvaluationError) in .int(Int64(try arguments[0].cidr().prefixLength)) },
            "masked": { arguments throws(EvaluationError) in .cidr(try arguments[0].cidr().masked) },
        ])

    private static func address(_ value: Value) throws(EvaluationError) -> IPAddress {
        if case .ip(let address) = value { return address }
        let text = try value.string()
        guard let address = IPAddress(text) else {
            throw .invalid("IP Address \"\(text)\" parse error during conversion from string")
        }
        return address
    }

    private static func network(_ value: Value) throws(EvaluationError) -> IPNetwork {
        if case .cidr(let network) = value { return network }
        let text = try value.string()
        guard let network = IPNetwork(text) else {
            throw .invalid("network address parse error during conversion from string: \"\(text)\"")
        }
        return network
    }
}
