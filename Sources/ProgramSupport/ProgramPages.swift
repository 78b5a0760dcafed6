import CLibdl
import Glibc

/// The pages of the program and its libraries that are mapped into this process.
///
/// A page of code or constants is mapped when it is first used, with the fifteen around it, and stays while memory is plenty. Most of
/// what a service has mapped once it is up, only its start has used: measured on `das up`, half of its memory.
package enum ProgramPages {
    /// Unmaps them all. Those that are used again are mapped again, from the system's file cache, without a read of the disk: a
    /// microsecond or so for each sixteen of them. Call it once, when the start is over.
    ///
    /// What cannot be had again from the files stays: segments that may be written to, those with addresses that the loader has filled
    /// in among them. Caveat: a debugger that is attached loses its breakpoints.
    ///
    /// - Returns: the bytes of address space that were unmapped, used or not.
    @discardableResult
    package static func unmap() -> Int {
        var bytes = 0
        // The loader keeps its list, and so all libraries, as they are for as long as the callback runs.
        withUnsafeMutablePointer(to: &bytes) { bytes in
            _ = das_visit_loaded_objects(
                { object, _, bytes in
                    if let object, let bytes {
                        bytes.assumingMemoryBound(to: Int.self).pointee += ProgramPages.unmap(object.pointee)
                    }
                    return 0
                }, bytes)
        }
        return bytes
    }

    private static func unmap(_ object: das_loaded_object) -> Int {
        let base = UInt(object.base)
        let headers = UnsafeBufferPointer(start: object.headers, count: Int(object.headerCount))
        guard !headers.contains(where: { hasTextRelocations($0, at: base) }) else { return 0 }
        let pageBytes = UInt(sysconf(Int32(_SC_PAGESIZE)))
        var bytes = 0
        for header in headers where header.p_type == PT_LOAD && header.p_flags & UInt32(PF_W) == 0 {
            let start = (base + UInt(header.p_vaddr)) / pageBytes * pageBytes
            let end = base + UInt(header.p_vaddr) + UInt(header.p_memsz)
            guard let address = UnsafeMutableRawPointer(bitPattern: start) else { continue }
            let count = Int(end - start)
            // Refused for what the kernel itself has mapped.
            if madvise(address, count, MADV_DONTNEED) == 0 { bytes += count }
        }
        return bytes
    }

    /// Whether the loader has written addresses into segments that are not to be written to.
    private static func hasTextRelocations(_ header: Elf64_Phdr, at base: UInt) -> Bool {
        guard header.p_type == PT_DYNAMIC,
            var entry = UnsafePointer<Elf64_Dyn>(bitPattern: base + UInt(header.p_vaddr))
        else { return false }
        while entry.pointee.d_tag != DT_NULL {
            if entry.pointee.d_tag == DT_TEXTREL { return true }
            if entry.pointee.d_tag == DT_FLAGS, entry.pointee.d_un.d_val & UInt64(DF_TEXTREL) != 0 { return true }
            entry += 1
        }
        return false
    }
}
