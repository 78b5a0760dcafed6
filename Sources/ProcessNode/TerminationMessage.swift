internal import KubernetesModel

/// What a failed container said last, which its status holds where its `terminationMessagePolicy` is `FallbackToLogsOnError`.
///
/// A kubelet takes the message from the file at `terminationMessagePath` first; nothing can be mounted there for a process.
enum TerminationMessage {
    /// As much of the log as a kubelet takes.
    static let lineLimit = 80
    static let byteLimit = 2048

    /// - Parameter path: of the log of the run that has ended.
    static func read(_ container: Container, after exit: ContainerExit, log path: String) async -> String? {
        guard container.terminationMessagePolicy == "FallbackToLogsOnError", exit.code != 0,
            let stored = try? await Blocking.run({ Files.read(path) })
        else { return nil }
        return text(stored)
    }

    /// The last lines of a stored log; `nil` where there are none.
    static func text(_ stored: [UInt8]) -> String? {
        var query = LogQuery()
        query.tailLines = lineLimit
        var filter = LogFilter(query)
        let said = filter.output(stored, tail: true).suffix(byteLimit)
        return said.isEmpty ? nil : String(decoding: said, as: UTF8.self)
    }
}
