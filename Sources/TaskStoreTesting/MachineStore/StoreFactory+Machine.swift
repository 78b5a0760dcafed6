import Synchronization
import TaskQueue

extension StoreFactory {
    /// Makes stores that are the machine and nothing else.
    package static func machine(seed: UInt64 = 0, flaw: MachineStore.Flaw? = nil) -> StoreFactory {
        StoreFactory { clock, policy in
            let disk = MachineStore.Disk()
            let lives = Lives()
            let open: @Sendable () -> MachineStore = {
                MachineStore(on: disk, clock: clock, policy: policy, seed: seed &+ lives.next(), flaw: flaw)
            }
            return StoreUnderTest(store: open()) { open() }
        }
    }

    /// Another seed for each life: a token must not come again after a restart.
    private final class Lives: Sendable {
        private let count = Atomic<UInt64>(0)

        func next() -> UInt64 { count.add(1, ordering: .relaxed).newValue &* 0x1_0000_0001 }
    }
}
