import Glibc

/// Files as people name them on the command line: `-` is standard input, which may be a pipe.
package enum InputFile {
    /// Why a file cannot be read, in the system's words.
    package struct Unreadable: Error, CustomStringConvertible {
        package var description = String(cString: strerror(errno))
    }

    /// The file's name, for messages.
    package static func name(_ path: String) -> String { path == "-" ? "standard input" : path }

    package static func read(_ path: String) throws(Unreadable) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable() }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable() }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }
}
