import TestSupport

/// A run of `agent-runner` to its end, with all it said.
enum Program {
    /// - Parameter environment: all of it; nothing is inherited.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], directory: String? = nil
    ) async throws -> ChildProgram.Outcome {
        try await ChildProgram.run(
            BuiltProgram.path("agent-runner"), arguments, environment: environment, inheritsEnvironment: false,
            input: input, directory: directory)
    }
}
