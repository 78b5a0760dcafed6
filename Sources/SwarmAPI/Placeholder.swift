// SwarmAPI
