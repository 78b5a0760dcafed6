import CLibmalloc
import Foundation

/// This process's memory, as the kernel counts it.
enum ProcessMemory {
    /// Resident now, in bytes, after the allocator has given back what it does not use.
    static func resident() -> Int {
        malloc_trim(0)
        return field("VmRSS")
    }

    /// The most that was resident since `resetPeak`.
    static func peak() -> Int { field("VmHWM") }

    static func resetPeak() {
        guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
        // Where the kernel does not allow it the peak is that of the whole process, which only makes it look worse.
        try? file.write(contentsOf: Data("5".utf8))
        try? file.close()
    }

    private static func field(_ name: String) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("\(name):") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return kibibytes << 10
    }
}
