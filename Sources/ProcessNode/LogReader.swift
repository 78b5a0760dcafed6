internal import KubernetesModel

/// Reads a container's log as the query asks, and follows it until it ends.
struct LogReader: Sendable {
    let path: String
    /// The log as it is being written; `nil` for the log of an earlier life of the node.
    let live: ContainerLog?
    let query: LogQuery

    /// How much is read and sent at once.
    static let chunkBytes = 1 << 20

    /// Passes the output to `send`, piece by piece. Returns at the end of the log, or of what was asked for.
    func read(_ send: ([UInt8]) async throws -> Void) async throws {
        var filter = LogFilter(query)
        // What is written after this is left to the following.
        let start = live?.position
        let stored = try await stored(upTo: start)
        let output = filter.output(stored, tail: true)
        if !output.isEmpty { try await send(output) }
        guard query.follow, let live, var position = start else { return }
        while !filter.isFull {
            await live.waitForMore(than: position)
            try Task.checkCancellation()
            // Read before the bytes: what is written in between is still there for the next round.
            let isFinished = live.isFinished
            let target = live.position
            if target == position {
                if isFinished { return }
                continue
            }
            let (bytes, next) = try await more(from: position, to: target)
            position = next
            let output = filter.output(bytes)
            if !output.isEmpty { try await send(output) }
        }
    }

    /// Both files, whole: the older one, then the current one up to `position`.
    private func stored(upTo position: ContainerLog.Position?) async throws -> [UInt8] {
        let path = path
        return try await Blocking.run {
            let older = Files.read(ContainerLog.older(path)) ?? []
            let current = Files.read(path, limit: position?.offset ?? .max) ?? []
            return older + current
        }
    }

    /// The bytes after `position`, at most a chunk of them, and where they end.
    private func more(
        from position: ContainerLog.Position, to target: ContainerLog.Position
    ) async throws -> ([UInt8], ContainerLog.Position) {
        let path = path
        return try await Blocking.run {
            var position = position
            if target.generation == position.generation {
                let bytes =
                    Files.read(
                        path, from: position.offset, limit: min(Self.chunkBytes, target.offset - position.offset)) ?? []
                position.offset += bytes.count
                return (bytes, bytes.isEmpty ? target : position)
            }
            // The file was put aside meanwhile: the rest of it, if it is the one put aside last; else lines are lost.
            let rest =
                target.generation == position.generation + 1
                ? Files.read(ContainerLog.older(path), from: position.offset) ?? [] : []
            return (rest, ContainerLog.Position(generation: target.generation, offset: 0))
        }
    }
}
