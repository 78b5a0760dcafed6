/// A directory whose files change all at once, for readers that take several of them together. It blocks.
///
/// As a kubelet lays it out: the files stand in a hidden directory, `..data` is a link to that, and each name at the top is a
/// link through `..data`. To replace the files, a new hidden directory is written and `..data` is moved to it in one step.
struct AtomicDirectory {
    private static let data = "..data"

    let path: String

    /// - Throws: `ProcessNodeError`; then the old files stand.
    func replace(with files: [VolumeFile]) throws {
        try Files.makeDirectory(path)
        let generation = "..\(UInt64.random(in: .min ... .max))"
        do {
            for file in files {
                let target = "\(path)/\(generation)/\(file.path)"
                if let slash = target.lastIndex(of: "/") { try Files.makeDirectory(String(target[..<slash])) }
                try Files.writeAtomically(file.bytes, to: target, mode: file.mode)
            }
            try Files.makeDirectory("\(path)/\(generation)")
            try Files.replaceLink(at: "\(path)/\(Self.data)", to: generation)
        } catch {
            Files.remove("\(path)/\(generation)")
            throw error
        }
        let top = Set(files.compactMap { $0.path.split(separator: "/").first.map(String.init) })
        for name in top where !Files.isLink("\(path)/\(name)") {
            try Files.replaceLink(at: "\(path)/\(name)", to: "\(Self.data)/\(name)")
        }
        // Last, so that at every moment each name leads to a whole file, old or new.
        for name in Files.names(in: path) where name != Self.data && name != generation && !top.contains(name) {
            Files.remove("\(path)/\(name)")
        }
    }
}
