import FoundationEssentials

/// The seeds that tests of faults run through: all of them, or the one that `FAULT_SEED` names, to see a failure again.
enum FaultSeeds {
    static func upTo(_ count: UInt64) -> [UInt64] {
        if let given = ProcessInfo.processInfo.environment["FAULT_SEED"].flatMap({ UInt64($0) }) { return [given] }
        return Array(0..<count)
    }
}
