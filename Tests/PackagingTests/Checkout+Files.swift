import FoundationEssentials
import TestSupport

extension Checkout {
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
