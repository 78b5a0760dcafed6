// SwarmOperator
