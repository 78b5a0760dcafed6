private import Synchronization

/// Gives each pod of a node an address of its own, for as long as it lives there.
final class PodAddresses: Sendable {
    private struct State {
        var owners: [UInt32: String] = [:]
        var next: Int = 0
    }

    private let block: AddressBlock
    private let state = Mutex(State())

    init(_ block: AddressBlock) { self.block = block }

    /// The address of a pod: the one that it had before where it is free, else the one that was free for longest; `nil`:
    /// there is none left.
    func assign(to uid: String, before: String?) -> String? {
        state.withLock { state in
            if let before = before.flatMap(AddressBlock.number), block.contains(before),
                state.owners[before] ?? uid == uid
            {
                state.owners[before] = uid
                return AddressBlock.text(before)
            }
            for _ in 0..<block.capacity {
                let address = block.first + 1 + UInt32(state.next)
                state.next = (state.next + 1) % block.capacity
                guard state.owners[address] == nil else { continue }
                state.owners[address] = uid
                return AddressBlock.text(address)
            }
            return nil
        }
    }

    func release(_ uid: String) {
        state.withLock { state in state.owners = state.owners.filter { $0.value != uid } }
    }
}
