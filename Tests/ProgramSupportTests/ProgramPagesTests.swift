import Glibc
import ProgramSupport
import Testing

@Suite struct ProgramPagesTests {
    @Test func `Code that is not in use is unmapped, and there again when it is called`() throws {
        // A library of the system's that nothing else here uses.
        let library = try #require(dlopen("libthread_db.so.1", RTLD_LAZY))
        defer { dlclose(library) }
        let symbol = try #require(dlsym(library, "td_init"))
        let initialise = unsafeBitCast(symbol, to: (@convention(c) () -> Int32).self)
        #expect(initialise() == 0)
        #expect(try isMapped(symbol))

        #expect(ProgramPages.unmap() > 0)
        #expect(try !isMapped(symbol))

        #expect(initialise() == 0)
        #expect(try isMapped(symbol))
    }

    /// What the kernel says of a page of this process: bit 63 of its entry, if it is there.
    private func isMapped(_ address: UnsafeMutableRawPointer) throws -> Bool {
        let map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)
        try #require(map >= 0)
        defer { close(map) }
        let page = Int(bitPattern: address) / sysconf(Int32(_SC_PAGESIZE))
        var entry: UInt64 = 0
        let count = pread(map, &entry, MemoryLayout<UInt64>.size, page * MemoryLayout<UInt64>.size)
        try #require(count == MemoryLayout<UInt64>.size)
        return entry >> 63 == 1
    }
}
