#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The member names that a parser has met, so that a name which recurs in every object of a list is allocated once.
///
/// Each name has one slot, chosen by its length and outer bytes; a newcomer takes the slot of whoever had it before.
struct JSONKeyCache {
    private static let slotCount = 256
    /// Shorter strings are stored in place and cost no allocation.
    private static let shortestCached = 16
    private static let longestCached = 64

    private var slots: [String] = []

    /// The string that ASCII `bytes` spell.
    mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        let length = bytes.count
        guard length >= Self.shortestCached, length <= Self.longestCached else {
            return String(decoding: bytes, as: UTF8.self)
        }
        if slots.isEmpty { slots = Array(repeating: "", count: Self.slotCount) }
        let outer = UInt(bytes[0]) &* 31 &+ UInt(bytes[length / 2]) &* 17 &+ UInt(bytes[length - 1])
        let slot = Int((outer &* 7 &+ UInt(length)) % UInt(Self.slotCount))
        let isSame = slots[slot].utf8.withContiguousStorageIfAvailable { cached in
            guard cached.count == length, let left = cached.baseAddress, let right = bytes.baseAddress else {
                return false
            }
            return memcmp(left, right, length) == 0
        }
        if isSame != true { slots[slot] = String(decoding: bytes, as: UTF8.self) }
        return slots[slot]
    }
}
