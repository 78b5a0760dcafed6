import ProgramSupport
import Testing

@Suite struct AllocatorSettingsTests {
    /// What becomes of memory then is measured by the benchmarks, in processes of their own: here others allocate beside it.
    @Test func `The allocator takes the settings`() {
        #expect(AllocatorSettings.apply())
    }
}
