import FoundationEssentials

/// The checkout that these tests were built from.
enum Checkout {
    /// Tests/PackagingTests/Checkout.swift, two folders up.
    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    static func files(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").filter { !$0.hasPrefix(".") }
    }

    static func text(of path: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: "\(root)/\(path)") else {
            throw PackagingFailure("\(path) cannot be read")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

struct PackagingFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
