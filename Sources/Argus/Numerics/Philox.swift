/// Philox4x64-10, the counter-based generator (Salmon, Moraes, Dror and Shaw 2011): four 64-bit words of noise as a function of a
/// counter and a key, with no state. NumPy's `Philox` is the same function, but counts up before its first block.
struct Philox: Sendable {
    typealias Block = (UInt64, UInt64, UInt64, UInt64)

    let key: (UInt64, UInt64)

    @inline(__always)
    func block(_ counter: Block) -> Block {
        var (c0, c1, c2, c3) = counter
        var (k0, k1) = key
        for round in 0..<10 {
            if round > 0 {
                k0 &+= 0x9E37_79B9_7F4A_7C15
                k1 &+= 0xBB67_AE85_84CA_A73B
            }
            let first = (0xD2E7_470E_E14C_6C93 as UInt64).multipliedFullWidth(by: c0)
            let second = (0xCA5A_8263_9512_1157 as UInt64).multipliedFullWidth(by: c2)
            (c0, c1, c2, c3) = (second.high ^ c1 ^ k0, second.low, first.high ^ c3 ^ k1, first.low)
        }
        return (c0, c1, c2, c3)
    }
}
