import Foundation
import TestSupport

/// kubectl and helm as `Scripts/install-test-tools` puts them into the checkout.
enum Tool: String {
    case kubectl, helm

    /// Runs it in the checkout, and answers what it printed.
    func output(_ arguments: String...) async throws -> String {
        let path = "\(Checkout.root)/.cache/tools/\(rawValue)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw PackagingFailure("\(path) is missing; run: Scripts/install-test-tools")
        }
        let outcome = try await ChildProgram.run(path, arguments, directory: Checkout.root)
        guard outcome.code == 0 else {
            throw PackagingFailure("\(rawValue) \(arguments.joined(separator: " ")): \(outcome.errors)")
        }
        return outcome.output
    }
}
