import Glibc

/// The processes of a session: a worker with all that it has started, whatever groups those made and whoever is their parent
/// by now. Only what leads a session of its own is not among them.
struct ProcessSession: Sendable, Hashable {
    /// The process id of who leads the session.
    var leader: pid_t

    /// This process's own.
    static var current: ProcessSession { ProcessSession(leader: getsid(0)) }

    /// Those that have not ended, from `/proc`; empty where that cannot be read.
    func members() -> [pid_t] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var members: [pid_t] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let pid = pid_t(name), isMember(pid) { members.append(pid) }
        }
        return members
    }

    private func isMember(_ pid: pid_t) -> Bool {
        guard let stat = ProcFile.text("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return false }
        // Behind the name, which may itself hold anything: state, parent, group, session.
        let fields = stat[stat.index(after: end)...].split(separator: " ", maxSplits: 4)
        return fields.count > 3 && fields[3] == "\(leader)" && fields[0] != "Z" && fields[0] != "X"
    }

    /// Kills every member but `spared`, again and again until no more are born, and takes the ends of those that are ours to
    /// take.
    func kill(sparing spared: pid_t? = nil) {
        // A member that starts others all the time loses the race in the end: what is born is found in the next round.
        for _ in 0..<64 {
            let rest = members().filter { $0 != spared }
            guard !rest.isEmpty else { return }
            for pid in rest { _ = Glibc.kill(pid, SIGKILL) }
            for pid in rest where pid != leader {
                var status: Int32 = 0
                // A child of ours is waited for; of another's it is said at once that it is none.
                while waitpid(pid, &status, 0) == -1, errno == EINTR {}
            }
            usleep(1000)
        }
    }
}

/// Small files of the kernel's, which change while they are read in parts.
enum ProcFile {
    /// The first 4 KiB; `nil` where there is nothing to be read.
    static func text(_ path: String) -> String? { OpenProcFile(path)?.text }
}

/// One that is asked again and again. It goes on to be about the process that it was opened for, whoever has that number later.
final class OpenProcFile: Sendable {
    private let descriptor: Int32

    init?(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// The first 4 KiB as of now; `nil` where there is nothing to be read.
    var text: String? {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
            return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
        }
    }
}
