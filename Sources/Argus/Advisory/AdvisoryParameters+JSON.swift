internal import StructuredData

extension AdvisoryParameters {
    /// The parameters for the answer's lineage.
    var json: JSON {
        var members: JSONObject = [
            "objective": .object(objectiveMembers), "covariance": covarianceJSON, "mean": meanJSON,
            "riskAversion": JSON(riskAversion), "tau": JSON(tau), "constraints": .object(constraintMembers),
            "holdings": Self.json(holdings), "cash": JSON(cash), "lotSize": JSON(lotSize),
            "costs": .object(costMembers), "noTradeBand": JSON(noTradeBand), "periodsPerYear": JSON(periodsPerYear),
            "repair": [
                "missing": JSON(missing.rawValue), "covariance": repairsCovariance ? "nearest" : "reject",
            ],
        ]
        if !views.isEmpty { members["views"] = .array(views.map(\.json)) }
        if let marketWeights { members["marketWeights"] = Self.json(marketWeights) }
        if !prices.isEmpty { members["prices"] = Self.json(prices) }
        members["policy"] = .object(policyMembers)
        if frontier > 0 { members["frontier"] = JSON(frontier) }
        return .object(members)
    }

    /// Sorted by name, so that the same parameters are written alike.
    static func json(_ numbers: [String: Double]) -> JSON {
        .object(JSONObject(numbers.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) }))
    }

    private var objectiveMembers: JSONObject {
        var members: JSONObject = ["kind": JSON(objective.rawValue)]
        if let target { members["target"] = JSON(target) }
        members["riskFree"] = JSON(riskFree)
        members["confidence"] = JSON(confidence)
        return members
    }

    private var covarianceJSON: JSON {
        switch covariance {
        case .estimated(let estimator): estimator.json
        case .given(let rows):
            [
                "matrix": .object(
                    JSONObject(rows.sorted { $0.key < $1.key }.map { ($0.key, Self.json($0.value)) }))
            ]
        }
    }

    private var meanJSON: JSON {
        switch mean {
        case .historical: "historical"
        case .capm: "capm"
        case .given(let values): Self.json(values)
        }
    }

    private var constraintMembers: JSONObject {
        var members: JSONObject = [
            "min": JSON(constraints.minimum ?? 0), "max": JSON(constraints.maximum ?? 1),
        ]
        if !constraints.bounds.isEmpty {
            members["bounds"] = .object(
                JSONObject(
                    constraints.bounds.sorted { $0.key < $1.key }.map {
                        ($0.key, [JSON($0.value.lower), JSON($0.value.upper)])
                    }))
        }
        if !constraints.groups.isEmpty { members["groups"] = .array(constraints.groups.map(\.json)) }
        if let turnover = constraints.turnover { members["turnover"] = JSON(turnover) }
        members["cash"] = JSON(constraints.cash)
        if let count = constraints.count { members["count"] = JSON(count) }
        return members
    }

    private var costMembers: JSONObject {
        var members: JSONObject = ["bps": JSON(costs.basisPoints), "fixed": JSON(costs.fixed)]
        var impact: JSONObject = ["coefficient": JSON(costs.impact)]
        if !costs.volumes.isEmpty { impact["adv"] = Self.json(costs.volumes) }
        members["impact"] = .object(impact)
        if let horizon = costs.horizon { members["horizonDays"] = JSON(horizon) }
        return members
    }

    private var policyMembers: JSONObject {
        var members = JSONObject()
        if let limit = policy.maximumValueAtRisk { members["maxValueAtRisk"] = JSON(limit) }
        if let limit = policy.maximumWeight { members["maxWeight"] = JSON(limit) }
        if let allowed = policy.allowed { members["allowed"] = JSON(allowed) }
        return members
    }
}

extension AdvisoryParameters.View {
    fileprivate var json: JSON {
        var members: JSONObject = [
            "long": AdvisoryParameters.json(long), "short": AdvisoryParameters.json(short), "return": JSON(expected),
        ]
        if let confidence { members["confidence"] = JSON(confidence) }
        return .object(members)
    }
}

extension AdvisoryParameters.Group {
    fileprivate var json: JSON {
        var members: JSONObject = ["name": JSON(name), "symbols": JSON(symbols)]
        if let minimum { members["min"] = JSON(minimum) }
        if let maximum { members["max"] = JSON(maximum) }
        return .object(members)
    }
}
