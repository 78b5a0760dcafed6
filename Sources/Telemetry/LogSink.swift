import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard error, one whole line at a time.
enum LogSink {
    private static let lock = Mutex(())

    static func write(_ line: String) {
        let bytes = Array(line.utf8)
        lock.withLock { _ in
            var offset = 0
            while offset < bytes.count {
                let written = bytes[offset...].withUnsafeBytes { buffer in
                    #if canImport(Glibc)
                        Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
                    #elseif canImport(Musl)
                        Musl.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
                    #else
                        Darwin.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
                    #endif
                }
                // A reader that went away must not end the process, nor keep it here.
                if written < 0, errno != EINTR { return }
                offset += max(written, 0)
            }
        }
    }
}
