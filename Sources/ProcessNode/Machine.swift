private import Glibc
internal import KubernetesModel

/// What there is to know of this machine, read from /proc and /etc. It blocks.
struct Machine: Sendable, Hashable {
    var processors: Int64
    var memory: Int64
    var availableMemory: Int64
    var disk: Int64
    var availableDisk: Int64
    var processCount: Int64
    var processLimit: Int64
    var machineID: String
    var bootID: String
    var kernelVersion: String
    var systemName: String
    /// What it calls itself.
    var hostname: String

    /// - Parameter directory: on the file system that pods write to.
    static func read(directory: String) -> Machine {
        let memory = fields("/proc/meminfo", separator: ":")
        func kibibytes(_ name: String) -> Int64 {
            memory[name].flatMap { $0.split(separator: " ").first }.flatMap { Int64($0) }.map { $0 << 10 } ?? 0
        }
        var disk = statvfs()
        let hasDisk = statvfs(directory, &disk) == 0
        var system = utsname()
        uname(&system)
        func text(_ field: some Any) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        let name = fields("/etc/os-release", separator: "=")["PRETTY_NAME"]
        return Machine(
            processors: Int64(sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            memory: kibibytes("MemTotal"), availableMemory: kibibytes("MemAvailable"),
            disk: hasDisk ? Int64(disk.f_blocks) * Int64(disk.f_frsize) : 0,
            availableDisk: hasDisk ? Int64(disk.f_bavail) * Int64(disk.f_frsize) : .max,
            processCount: Int64(Files.names(in: "/proc").count { Int($0) != nil }),
            processLimit: Int64(line("/proc/sys/kernel/pid_max")) ?? .max, machineID: line("/etc/machine-id"),
            bootID: line("/proc/sys/kernel/random/boot_id"), kernelVersion: text(system.release),
            systemName: name?.filter { $0 != "\"" } ?? "Linux", hostname: text(system.nodename))
    }

    /// What a node on it can give to pods.
    func capacity(pods: Int) -> [String: Quantity] {
        [
            "cpu": Quantity(processors), "memory": Quantity(memory, format: .binarySI),
            "ephemeral-storage": Quantity(disk, format: .binarySI), "pods": Quantity(Int64(pods)),
        ]
    }

    private static func line(_ path: String) -> String {
        let text = Files.read(path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }

    private static func fields(_ path: String, separator: Character) -> [String: String] {
        let text = Files.read(path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        var fields: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: separator, maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[String(parts[0])] = parts[1].drop { $0 == " " }.description
        }
        return fields
    }
}
