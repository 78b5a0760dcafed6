import Foundation
import TestSupport
import Testing

/// The versions of kubectl that `Scripts/install-test-tools` puts into the checkout.
enum Kubectl: String, CaseIterable, CustomTestStringConvertible {
    case earlier = "kubectl"
    case newer = "kubectl-1.37"

    var path: String { "\(Checkout.root)/.cache/tools/\(rawValue)" }
    var testDescription: String { self == .earlier ? "1.32" : "1.37" }
}

extension TestCluster {
    /// What a client program must not take from whoever runs the tests.
    var clientEnvironment: [String: String] {
        [
            "KUBECONFIG": kubeconfig, "HOME": directory, "HELM_CACHE_HOME": "\(directory)/helm",
            "HELM_CONFIG_HOME": "\(directory)/helm", "HELM_DATA_HOME": "\(directory)/helm",
        ]
    }

    /// Runs kubectl to its end, which must be `expected`; all that it said.
    @discardableResult
    func run(
        _ kubectl: Kubectl, _ arguments: String..., input: String = "", environment: [String: String] = [:],
        expecting expected: Int32 = 0, location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        try await run(kubectl.path, arguments, input, environment, expected, location)
    }

    /// Starts a kubectl that goes on until it is told to end.
    func start(_ kubectl: Kubectl, _ arguments: String...) async throws -> ChildProgram {
        try await ChildProgram.start(kubectl.path, arguments, environment: clientEnvironment)
    }

    /// Runs helm to its end, which must be `expected`; all that it said.
    @discardableResult
    func helm(
        _ arguments: String..., expecting expected: Int32 = 0, location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        try await run("\(Checkout.root)/.cache/tools/helm", arguments, "", [:], expected, location)
    }

    private func run(
        _ program: String, _ arguments: [String], _ input: String, _ environment: [String: String],
        _ expected: Int32, _ location: SourceLocation
    ) async throws -> String {
        let outcome = try await ChildProgram.run(
            program, arguments, environment: clientEnvironment.merging(environment) { _, new in new }, input: input)
        #expect(
            outcome.code == expected, "\(program) \(arguments.joined(separator: " ")): \(outcome.text)",
            sourceLocation: location)
        return outcome.text
    }
}
