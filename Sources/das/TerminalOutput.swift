import Glibc

/// Standard output as people see it.
enum TerminalOutput {
    /// Whether a person watches, rather than a program or a file.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static var columns: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    static func flush() { fflush(nil) }

    static func write(_ text: String) {
        print(text, terminator: "")
        flush()
    }
}
