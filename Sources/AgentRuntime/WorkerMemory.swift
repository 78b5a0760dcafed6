import Glibc

/// How much memory a worker may use together with what it has started.
///
/// The agent looks ten times a second at what the worker's processes use and kills a worker that uses more, alone. Two more
/// things stand behind that: no process of a worker gets more than twice the limit (and half a GiB) of private writable memory
/// from the kernel, so that one that grows faster than it is looked at fails by itself; and where the whole container runs
/// out of memory, the kernel is told to take workers before the agent.
public struct WorkerMemory: Sendable, Hashable {
    static let interval = Duration.milliseconds(100)
    /// Of a container's limit, what is left for the agent itself.
    private static let agentBytes = 64 << 20

    /// In bytes; `nil`: no limit.
    public var limit: Int?

    public init(limit: Int?) { self.limit = limit }

    /// `DAS_WORKER_MEMORY_MIB`, where 0 means no limit; else what the container may use, but for 64 MiB.
    /// - Throws: `AgentConfigurationError`, which names the variable.
    public init(environment: [String: String]) throws(AgentConfigurationError) {
        try self.init(environment: environment, containerLimit: Self.containerLimit)
    }

    init(environment: [String: String], containerLimit: Int?) throws(AgentConfigurationError) {
        let name = "DAS_WORKER_MEMORY_MIB"
        guard let text = environment[name], !text.isEmpty else {
            limit = containerLimit.map { max($0 - Self.agentBytes, $0 / 2) }
            return
        }
        guard let number = Int(text), number == 0 || (16...(1 << 24)).contains(number) else {
            throw AgentConfigurationError(
                variable: name,
                message: "\(name) is \"\(text)\", and must be a whole number of MiB from 16, or 0 for no limit")
        }
        limit = number == 0 ? nil : number << 20
    }

    /// What the container may use, by the kernel's word; `nil`: as much as there is.
    static var containerLimit: Int? {
        for path in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
            guard let text = ProcFile.text(path), let bytes = Int(text.filter(\.isNumber)) else { continue }
            // "max" has no digits; the first version of cgroups says it by a number beyond all memory.
            return bytes < 1 << 60 ? bytes : nil
        }
        return nil
    }

    /// In a worker, before any workload: applies to what it starts, too.
    func applyToThisProcess() {
        let first = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
        if first >= 0 {
            _ = write(first, "1000", 4)
            close(first)
        }
        guard let limit else { return }
        let most = rlim_t(2 * limit + 512 << 20)
        var data = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &data)
        data.rlim_cur = min(data.rlim_cur, most)
        data.rlim_max = min(data.rlim_max, most)
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &data)
    }
}
