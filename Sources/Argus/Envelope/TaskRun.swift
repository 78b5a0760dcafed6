internal import StructuredData

/// The way of every task from its input to its answer, around the work that is its own.
enum TaskRun {
    /// The version of the numerics, for `lineage`: the same version answers the same input alike.
    static let version = "0.1.0"

    /// Checks `input`, does `work` on it, and answers.
    /// - Parameter work: sets the parameters as used and the result; what it throws becomes the answer's rejection.
    static func answer(
        _ input: JSON, check: EnvelopeCheck, environment: ArgusEnvironment,
        _ work: (inout AnswerBuilder) throws(Rejection) -> Void
    ) -> JSON {
        let cpuBefore = environment.cpuMilliseconds()
        var answer = AnswerBuilder(version: version)
        do throws(Rejection) {
            let violations = check.findings(input)
            guard violations.isEmpty else { throw Rejection(violations) }
            try work(&answer)
        } catch {
            answer.reject(error)
        }
        return answer.json(
            cpuMilliseconds: environment.cpuMilliseconds() - cpuBefore, peakBytes: environment.peakBytes())
    }
}
