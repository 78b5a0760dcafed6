import Synchronization

extension RegularExpression {
    /// Rules use the same few patterns again and again.
    private static let cacheLimit = 256
    private static let cache = Mutex<[String: RegularExpression]>([:])

    /// The expression of a pattern, made at its first use.
    package static func cached(_ text: String) throws(RegexError) -> RegularExpression {
        if let known = cache.withLock({ $0[text] }) { return known }
        let made = try RegularExpression(text)
        cache.withLock { cache in
            if cache.count >= cacheLimit { cache.removeAll() }
            cache[text] = made
        }
        return made
    }
}
