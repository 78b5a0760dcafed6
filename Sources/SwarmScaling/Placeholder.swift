// SwarmScaling
