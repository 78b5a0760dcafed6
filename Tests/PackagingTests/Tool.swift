import Foundation
import TestSupport

/// kubectl and helm as `Scripts/install-test-tools` puts them into the checkout.
enum Tool: String {
    case kubectl, helm

    /// Runs it in the checkout, and answers what it printed.
    func output(_ arguments: String...) throws -> String {
        let path = "\(Checkout.root)/.cache/tools/\(rawValue)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw PackagingFailure("\(path) is missing; run: Scripts/install-test-tools")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: Checkout.root)
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        let complaints = Pipe()
        process.standardError = complaints
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        let message = complaints.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw PackagingFailure(
                "\(rawValue) \(arguments.joined(separator: " ")): \(String(decoding: message, as: UTF8.self))")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
