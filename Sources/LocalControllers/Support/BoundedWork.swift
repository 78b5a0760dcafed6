/// Does `work` for each item, at most `limit` at once; begins nothing more after a failure, which it throws once what was
/// begun has ended.
func concurrently<Item: Sendable>(
    _ items: some Sequence<Item>, limit: Int = 32, _ work: @escaping @Sendable (Item) async throws -> Void
) async throws {
    let failure = await withTaskGroup(of: (any Error)?.self) { group in
        func start(_ item: Item) {
            group.addTask {
                do {
                    try await work(item)
                    return nil
                } catch {
                    return error
                }
            }
        }
        var iterator = items.makeIterator()
        for _ in 0..<limit {
            guard let item = iterator.next() else { break }
            start(item)
        }
        var failure: (any Error)?
        while let ended = await group.next() {
            if failure == nil { failure = ended }
            if failure == nil, let item = iterator.next() { start(item) }
        }
        return failure
    }
    if let failure { throw failure }
}
