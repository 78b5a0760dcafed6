import CLibmalloc
import Glibc

/// How glibc's allocator treats memory that is not used any more.
///
/// By its defaults it raises, with each large block that is freed, the size from which blocks are mapped on their own, up to
/// 32 MiB, and makes eight arenas a core: answers of some megabytes then stay with the process for good. Measured on the embedded
/// API server after lists of 20,000 objects: half of its memory.
package enum AllocatorSettings {
    /// Blocks from this size on go back to the system when they are freed.
    package static let mappedBytes = 1 << 20

    package static func apply() {
        mallopt(M_MMAP_THRESHOLD, Int32(mappedBytes))
        mallopt(M_TRIM_THRESHOLD, Int32(mappedBytes))
        mallopt(M_ARENA_MAX, Int32(max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }
}
