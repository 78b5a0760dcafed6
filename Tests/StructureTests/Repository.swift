import FoundationEssentials
import TestSupport

/// The files of the checkout.
enum Repository {
    /// The names in `folder` of the root, but for hidden ones.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(Checkout.root)/\(folder)").filter { !$0.hasPrefix(".") }
            .sorted()
    }

    /// The folders in `folder` of the root.
    static func folders(in folder: String) throws -> [String] {
        try names(in: folder).filter { isFolder("\(folder)/\($0)") }
    }

    /// All files below `folder`, by their paths from the root; nothing hidden, so nothing that a build made.
    static func files(below folder: String) throws -> [String] {
        try names(in: folder).flatMap { name in
            let path = "\(folder)/\(name)"
            return isFolder(path) ? try files(below: path) : [path]
        }
    }

    static func text(of path: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: "\(Checkout.root)/\(path)") else {
            throw UnreadableFile(path: path)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(Checkout.root)/\(path)") }

    /// Links are not followed: what they lead to has its own place.
    private static func isFolder(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(Checkout.root)/\(path)")
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }
}

struct UnreadableFile: Error {
    var path: String
}
