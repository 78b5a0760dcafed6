extension TypeTable {
    /// The addresses behind Services.
    static let endpointSlices = """
        package io.k8s.api.discovery.v1

        type EndpointSlice like=Object
            An EndpointSlice holds some of the addresses behind a Service.
        metadata ObjectMeta #1
        addressType! string #4*
            What the addresses are: IPv4, IPv6 or FQDN.
        endpoints []Endpoint #2
            The pods, or others, that serve.
        ports []EndpointPort #3
            The ports that all of them serve at.

        type Endpoint
            One who serves.
        addresses []string set #1
            Its addresses; the first one is used.
        conditions EndpointConditions #2
            Whether it can serve.
        hostname string #3*
            Its host name.
        targetRef ObjectReference #4*
            The pod that it is.
        deprecatedTopology map[string] #5
            Where it is; no longer in use.
        nodeName string #6*
            The node that it is on.
        zone string #7*
            The zone that it is in.
        hints EndpointHints #8*
            For whom it should be used; kept, and not acted on.

        type EndpointHints
            For whom an endpoint should be used; kept, and not acted on.
        forZones []ForZone #1
            The zones of the clients.
        forNodes []ForNode #2
            The nodes of the clients.

        type ForZone
            A zone whose clients should use an endpoint.
        name! string #1*
            The name of the zone.

        type ForNode
            A node whose clients should use an endpoint.
        name! string #1*
            The name of the node.

        type EndpointConditions
            Whether an endpoint can serve.
        ready bool #1*
            Whether it can serve and is not about to end.
        serving bool #2*
            Whether it can serve, be it about to end or not.
        terminating bool #3*
            Whether it is about to end.

        type EndpointPort like=CoreEndpointPort
            A port that the endpoints of a slice serve at.
        name string #1*
        protocol string =TCP #2*
        port int32 #3*
        appProtocol string #4*
        """
}
