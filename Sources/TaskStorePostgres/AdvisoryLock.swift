/// The numbers of the locks that are about no row. They are told apart from other programs' by their upper half.
enum AdvisoryLock {
    private static let ours: Int64 = 0x6461_7300 << 32

    /// Held while the tables are brought to a release.
    static let migration = ours | 1
    /// Taken last in every transaction that adds to the feed, and held until that is committed: so cursors rise in the order of
    /// commits, and who has read one has read all that are lower.
    static let feed = ours | 2
    /// Held, shared, by every program that has the store open; alone by one that finds that none had.
    static let presence = ours | 3

    /// Held by a transaction that looks for a task by its dedup key, or an agent by its name, and may store one. Keys share locks,
    /// so that a transaction never holds more than a hundred or so.
    static func key(_ parts: String...) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in parts.joined(separator: "\0").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return ours | 0x100 | Int64(hash % 128)
    }
}
