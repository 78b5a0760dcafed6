import Glibc
import ProgramSupport
import Testing

@Suite struct AllocatorSettingsTests {
    /// Of the header of a chunk, which stands before it: it has a mapping of its own (glibc, malloc.c, `IS_MMAPPED`).
    private static let isMapped: UInt = 2

    private static func takesMapping(bytes: Int) -> Bool {
        guard let block = malloc(bytes) else { return false }
        defer { free(block) }
        return (block - MemoryLayout<UInt>.size).load(as: UInt.self) & isMapped != 0
    }

    @Test func `Large blocks are given back however many there were before`() {
        AllocatorSettings.apply()
        for _ in 0..<3 { #expect(Self.takesMapping(bytes: 16 << 20)) }
        #expect(Self.takesMapping(bytes: AllocatorSettings.mappedBytes))
    }
}
