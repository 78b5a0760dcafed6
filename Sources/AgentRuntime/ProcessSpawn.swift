package import Glibc
package import SystemThreads

/// A program to be started, as a value.
package struct ProcessSpawn: Sendable {
    /// What the process leads, so that it is stopped together with what it starts.
    package enum Leads: Sendable {
        /// A session, and in it a process group.
        case session
        /// A process group in our session.
        case group
    }

    /// A path, or, without a slash, a name to be found in `PATH`.
    package var executable: String
    package var arguments: [String]
    /// All of it, as `NAME=VALUE`; `nil`: ours.
    package var environment: [String]?
    /// Ours by the number that the process finds them under. What else is open and not marked otherwise, it has too.
    package var descriptors: [(theirs: Int32, ours: Int32)]
    package var leads: Leads

    package init(
        _ executable: String, _ arguments: [String], environment: [String]? = nil,
        descriptors: [(theirs: Int32, ours: Int32)], leads: Leads
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.leads = leads
    }

    /// The flag that the C library shows only to those who ask for GNU's extensions.
    private static let setSession: Int32 = 0x80

    /// Starts it. Our blocked and ignored signals are not inherited.
    package func start() throws(SystemError) -> pid_t {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        for descriptor in descriptors {
            posix_spawn_file_actions_adddup2(&files, descriptor.ours, descriptor.theirs)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGTERM, SIGINT, SIGPIPE, SIGHUP] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let leading: Int32
        switch leads {
        case .session: leading = Self.setSession
        case .group: leading = POSIX_SPAWN_SETPGROUP
        }
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(leading | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var pid = pid_t()
        let status = Self.withStrings([executable] + arguments) { arguments in
            guard let environment else {
                return posix_spawnp(&pid, executable, &files, &attributes, arguments, environ)
            }
            return Self.withStrings(environment) {
                posix_spawnp(&pid, executable, &files, &attributes, arguments, $0)
            }
        }
        guard status == 0 else { throw SystemError("start \(executable)", status) }
        return pid
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            // Never empty: it ends with a null pointer.
            body(buffer.baseAddress!)
        }
    }
}
