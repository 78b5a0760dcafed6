internal import StructuredData

/// Collects an answer.
struct AnswerBuilder {
    private let version: String
    var findings: [Finding] = []
    /// The entries of `lineage.inputs`.
    var inputs: [JSON] = []
    /// The parameters as used.
    var params: JSON = [:]
    /// Whether a repair was made.
    var isDegraded = false
    var result: JSON?

    init(version: String) { self.version = version }

    /// What is wrong comes first: it is what a one-line message shows.
    mutating func reject(_ rejection: Rejection) {
        findings = rejection.findings + findings
        result = nil
    }

    func json(cpuMilliseconds: Double, peakBytes: Int) -> JSON {
        var members: JSONObject = [
            "status": result == nil ? "rejected" : isDegraded ? "degraded" : "ok"
        ]
        if let result { members["result"] = result }
        members["warnings"] = .array(findings.map(\.json))
        members["lineage"] = ["inputs": .array(inputs), "version": JSON(version), "params": params]
        members["cost"] = [
            "cpuMs": JSON(NumberText.rounded(cpuMilliseconds, decimals: 3)), "peakBytes": JSON(peakBytes),
        ]
        return .object(members)
    }
}
