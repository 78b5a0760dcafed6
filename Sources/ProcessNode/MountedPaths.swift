internal import KubernetesModel

/// Where a container's mounts really are.
///
/// Processes share the host's file system, so nothing can be mounted at `mountPath`. Instead each volume is a directory of the
/// node's, and paths below a `mountPath` are rewritten to it wherever the pod's specification hands them to the process: in the
/// values of environment variables, in command and arguments (also as `--flag=/path`), in the working directory and in probes. A
/// value is rewritten if it begins with a mount path; a path in the middle of a longer text is not, and a program that knows
/// a path by heart does not find it.
struct MountedPaths: Sendable {
    private let mounts: [(path: String, directory: String)]

    /// - Parameter directories: of the pod's volumes, by name.
    init(_ container: Container, directories: [String: String]) {
        subdirectories = (container.volumeMounts ?? []).compactMap { mount in
            guard let directory = directories[mount.name], let sub = mount.subPath, !sub.isEmpty else { return nil }
            return "\(directory)/\(sub)"
        }
        mounts = (container.volumeMounts ?? []).compactMap { mount in
            guard var directory = directories[mount.name] else { return nil }
            if let sub = mount.subPath, !sub.isEmpty { directory += "/" + sub }
            var path = Substring(mount.mountPath)
            while path.count > 1, path.last == "/" { path = path.dropLast() }
            return (String(path), directory)
        }.sorted { $0.path.utf8.count > $1.path.utf8.count }
    }

    /// Those of the mounts that name a part of their volume.
    let subdirectories: [String]

    /// `text` with a leading mount path replaced.
    func rewrite(_ text: String) -> String {
        for (path, directory) in mounts where text.hasPrefix(path) {
            let rest = text.dropFirst(path.count)
            if rest.isEmpty || rest.first == "/" { return directory + rest }
        }
        return text
    }

    /// As `rewrite`, and for `--flag=/path` too.
    func rewriteArgument(_ text: String) -> String {
        if text.hasPrefix("-"), let equals = text.firstIndex(of: "=") {
            return String(text[...equals]) + rewrite(String(text[text.index(after: equals)...]))
        }
        return rewrite(text)
    }
}
