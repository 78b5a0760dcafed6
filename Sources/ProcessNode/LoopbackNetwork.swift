/// A block of IPv4 addresses.
package struct AddressBlock: Sendable, Hashable, CustomStringConvertible {
    let first: UInt32
    let prefixLength: Int

    package var description: String { "\(Self.text(first))/\(prefixLength)" }

    /// How many pods find an address in it: neither the block's own, nor its last.
    package var capacity: Int { Int(UInt32(1) << UInt32(32 - prefixLength)) - 2 }

    func contains(_ address: UInt32) -> Bool {
        address > first && Int(address - first) <= capacity
    }

    static func isLoopback(_ address: String) -> Bool {
        number(address).map { $0 >> 24 == 127 } ?? (address == "localhost")
    }

    static func text(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 0xff).\(address >> 8 & 0xff).\(address & 0xff)"
    }

    static func number(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        return parts.reduce(UInt32?(0)) { sum, part in
            guard let sum, let part else { return nil }
            return sum << 8 | UInt32(part)
        }
    }
}

/// The addresses of one cluster on this machine, all in 127.0.0.0/8, which Linux lets anybody bind without setting anything up.
///
/// `127.X.0.0/20` is for Services, `127.X.16.0/24` for the first node's pods, and so on; X follows from the cluster's directory,
/// so that clusters side by side seldom meet.
package struct LoopbackNetwork: Sendable, Hashable {
    private let base: UInt32

    /// How many nodes find a block.
    package static let nodeLimit = 240

    package init(seed: String) {
        let hash = seed.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        // 127.0 and 127.1 hold addresses that machines use for themselves.
        base = 127 << 24 | (2 + (hash ^ hash >> 16) % 253) << 16
    }

    package var services: AddressBlock { AddressBlock(first: base, prefixLength: 20) }

    /// - Parameter index: below `nodeLimit`.
    package func pods(ofNode index: Int) -> AddressBlock {
        AddressBlock(first: base | UInt32(16 + index % Self.nodeLimit) << 8, prefixLength: 24)
    }
}
