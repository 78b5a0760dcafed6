/// An IPv4 or IPv6 address; an IPv4 address is the IPv6 address that it maps to (RFC 4291, section 2.5.5.2).
struct InternetAddress: Sendable, Hashable {
    let bytes: [UInt8]

    private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    init?(_ text: some StringProtocol) {
        if let bytes = Self.version4(text) {
            self.bytes = Self.mappedPrefix + bytes
        } else if let bytes = Self.version6(text) {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    var isVersion4: Bool { bytes.starts(with: Self.mappedPrefix) }

    var isLoopback: Bool {
        isVersion4 ? bytes[12] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// Four decimal numbers; leading zeros are refused, since some read them as octal.
    private static func version4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { part -> UInt8? in
            guard part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                part.utf8.count == 1 || part.utf8.first != UInt8(ascii: "0")
            else { return nil }
            return UInt8(part)
        }
        return bytes.count == 4 ? bytes : nil
    }

    private static func version6(_ text: some StringProtocol) -> [UInt8]? {
        guard text.contains(":") else { return nil }
        let text = String(text)
        guard let gap = text.firstRange(of: "::") else {
            guard let bytes = groups(text[...]), bytes.count == 16 else { return nil }
            return bytes
        }
        guard let head = groups(text[..<gap.lowerBound]), let tail = groups(text[gap.upperBound...]),
            head.count + tail.count < 16
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// The bytes of groups between colons, the last of which may be an IPv4 address.
    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (position, part) in parts.enumerated() {
            if position == parts.count - 1, let last = version4(part) {
                bytes += last
                continue
            }
            guard (1...4).contains(part.utf8.count), part.first != "+", part.first != "-",
                let group = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
        return bytes.count <= 16 ? bytes : nil
    }
}

/// A block of addresses: `10.0.0.0/8`, `fd00::/8`.
struct InternetAddressBlock: Sendable, Hashable {
    private let network: InternetAddress
    /// Of the 128 bits of a mapped address.
    private let prefixBits: Int

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let network = InternetAddress(parts[0]), let bits = UInt8(parts[1]) else { return nil }
        let isVersion4 = network.isVersion4 && !parts[0].contains(":")
        guard bits <= (isVersion4 ? 32 : 128) else { return nil }
        self.network = network
        prefixBits = isVersion4 ? 96 + Int(bits) : Int(bits)
    }

    func contains(_ address: InternetAddress) -> Bool {
        for (position, (left, right)) in zip(network.bytes, address.bytes).enumerated() {
            let bits = min(max(prefixBits - position * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if left & mask != right & mask { return false }
        }
        return true
    }
}
