import TaskQueue
import TaskStoreTesting

/// Reads the change feed as the operator does: page by page, acknowledging, and again from what it acknowledged after a
/// restart.
final class FeedReader {
    private static let name = "operator"

    /// All that the feed has told, each once.
    private(set) var entries: [Change] = []
    private unowned let world: Simulation
    private var random: SeededGenerator
    private var cursor: Int64 = 0

    init(_ world: Simulation) {
        self.world = world
        random = world.random("feed reader")
    }

    func start() {
        world.plan(after: Int64.random(in: 200...3_000, using: &random)) { [self] in
            try await world.attempt { try await act() }
            start()
        }
    }

    private func act() async throws {
        let store = try world.store.peek()
        if world.isChaotic, random.chance(10) { cursor = try await store.acknowledged(by: Self.name) }
        try await read(limit: Int.random(in: 1...60, using: &random))
        guard random.chance(40) else { return }
        let written = entries.prefix { $0.cursor <= cursor }.filter { $0.kind == .finished && $0.object != nil }
        try await world.store.acknowledge(Self.name, through: cursor, outcomesOf: written.compactMap(\.task))
    }

    func readAll() async throws {
        let end = try await world.store.peek().changeCursor()
        while cursor < end {
            let before = cursor
            try await read(limit: 1000)
            try require(cursor > before, "the feed ends at \(before), and its end is said to be \(end)")
        }
    }

    private func read(limit: Int) async throws {
        let page = try await world.store.peek().changes(after: cursor, limit: limit)
        try require(!page.isTruncated, "the feed after \(cursor) was pruned, and nobody had acknowledged that much")
        let known = entries.last?.cursor ?? 0
        if cursor < known {
            // Read before: it must be the same again.
            let again = page.changes.filter { $0.cursor <= known }
            let first = entries.firstIndex { $0.cursor > cursor } ?? entries.endIndex
            try require(
                again.elementsEqual(entries[first...].prefix(again.count)),
                "the feed after \(cursor) is told in another way")
        }
        entries += page.changes.filter { $0.cursor > known }
        cursor = page.cursor
    }
}
