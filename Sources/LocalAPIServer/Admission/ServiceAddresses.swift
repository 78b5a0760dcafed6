import KubernetesModel
import StructuredData
import Synchronization

/// The IPv4 addresses that Services get: a block that begins on a multiple of its size.
package struct ServiceNetwork: Sendable, Hashable {
    package let first: UInt32
    package let prefixLength: Int

    /// - Parameter text: as `10.96.0.0/16`; `nil` where it is no block of between 2 and 2^20 addresses.
    package init?(_ text: String) {
        let halves = text.split(separator: "/")
        guard halves.count == 2, let address = Self.number(String(halves[0])), let length = Int(halves[1]),
            (12...31).contains(length), address & (UInt32.max >> UInt32(length)) == 0
        else { return nil }
        first = address
        prefixLength = length
    }

    static let standard = ServiceNetwork("10.96.0.0/16") ?? ServiceNetwork(first: 0x0a60_0000, prefixLength: 16)

    private init(first: UInt32, prefixLength: Int) {
        self.first = first
        self.prefixLength = prefixLength
    }

    var size: UInt32 { 1 << UInt32(32 - prefixLength) }
    var description: String { "\(Self.text(first))/\(prefixLength)" }

    func contains(_ address: UInt32) -> Bool { address >= first && address - first < size }

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

/// Gives each Service an address of its own.
///
/// An address belongs to a Service from the moment it is chosen, before anything is stored: until then it is held by a claim,
/// so that of two Services created at once each gets another one.
final class ServiceAddresses: Sendable {
    private let network: ServiceNetwork
    private let claimed = Mutex<Set<UInt32>>([])

    init(_ network: ServiceNetwork) { self.network = network }

    /// Holds an address for as long as it lives.
    final class Claim: Sendable {
        private let address: UInt32
        private let owner: ServiceAddresses

        fileprivate init(address: UInt32, owner: ServiceAddresses) {
            self.address = address
            self.owner = owner
        }

        deinit { owner.claimed.withLock { _ = $0.remove(address) } }
    }

    /// Chooses the address of a Service that is being created, or claims the one that it asks for.
    /// - Parameter taken: the addresses of the Services that are stored, as texts.
    /// - Returns: `nil` for those that have none.
    func claim(for service: inout JSON, taken: () -> [String]) throws(KubernetesStatus) -> Claim? {
        guard service["spec"]?.objectValue != nil, service["spec"]?["type"]?.stringValue != "ExternalName" else {
            return nil
        }
        let name = service["metadata"]?["name"]?.stringValue ?? ""
        let wanted = service["spec"]?["clusterIP"]?.stringValue ?? ""
        if wanted == "None" { return nil }
        let used = Set(taken().compactMap(ServiceNetwork.number))
        let outcome = claimed.withLock { claimed -> Result<UInt32, KubernetesStatus> in
            func claim(_ address: UInt32) -> Bool { !used.contains(address) && claimed.insert(address).inserted }
            if !wanted.isEmpty {
                guard let address = ServiceNetwork.number(wanted) else {
                    return .failure(Self.invalid(name, wanted, "must be a valid IP address"))
                }
                guard network.contains(address) else {
                    return .failure(
                        Self.invalid(
                            name, wanted,
                            "failed to allocate IP \(wanted): the provided IP (\(wanted)) is not in the valid range. "
                                + "The range of valid IPs is \(network.description)"))
                }
                guard claim(address) else {
                    return .failure(
                        Self.invalid(
                            name, wanted, "failed to allocate IP \(wanted): provided IP is already allocated"))
                }
                return .success(address)
            }
            // The same name gets the same address again where it is free. The first is left to the API itself.
            let usable = network.size - 2
            let start = Self.hash("\(service["metadata"]?["namespace"]?.stringValue ?? "")/\(name)") % max(usable, 1)
            for step in 0..<usable {
                let address = network.first + 2 + (start + step) % usable
                if address & 0xff != 0xff, address & 0xff != 0, claim(address) { return .success(address) }
            }
            return .failure(.internalError("failed to allocate a serviceIP: range is full"))
        }
        let address = try outcome.get()
        service.set(.string(ServiceNetwork.text(address)), at: ["spec", "clusterIP"])
        return Claim(address: address, owner: self)
    }

    private static func invalid(_ name: String, _ value: String, _ detail: String) -> KubernetesStatus {
        .invalid(
            group: "", kind: "Service", name,
            causes: [.invalid("spec.clusterIPs", value: JSON.array([.string(value)]).text(), detail)])
    }

    /// FNV-1a: the same in every process.
    private static func hash(_ text: String) -> UInt32 {
        text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
