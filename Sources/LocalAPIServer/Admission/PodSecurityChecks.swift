import StructuredData

/// The single rules of the pod security standards: each gives what a pod does against it, or nothing.
struct PodSecurityChecks: Sendable {
    private struct Container {
        var name: String
        var json: JSON
        var security: JSON { json["securityContext"] ?? [:] }
    }

    private let spec: JSON
    private let security: JSON
    private let containers: [Container]

    init(_ spec: JSON) {
        self.spec = spec
        security = spec["securityContext"] ?? [:]
        containers = ["initContainers", "containers", "ephemeralContainers"].flatMap { spec[$0]?.arrayValue ?? [] }
            .map { Container(name: $0["name"]?.stringValue ?? "", json: $0) }
    }

    private static func quoted(_ texts: [String]) -> String { texts.map { "\"\($0)\"" }.joined(separator: ", ") }

    /// `container "a"` or `containers "a", "b"`.
    private static func named(_ containers: [Container]) -> String {
        "\(containers.count == 1 ? "container" : "containers") \(quoted(containers.map(\.name)))"
    }

    private func containers(where isBad: (Container) -> Bool) -> [Container] { containers.filter(isBad) }

    // MARK: Baseline

    var hostNamespaces: String? {
        let set = ["hostNetwork", "hostPID", "hostIPC"].filter { spec[$0]?.boolValue == true }
        return set.isEmpty ? nil : "host namespaces (\(set.map { "\($0)=true" }.joined(separator: ", ")))"
    }

    var privileged: String? {
        let bad = containers { $0.security["privileged"]?.boolValue == true }
        return bad.isEmpty ? nil : "privileged (\(Self.named(bad)) must not set securityContext.privileged=true)"
    }

    private static let baselineCapabilities: Set<String> = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ]

    private func capabilities(_ container: Container, _ member: String) -> [String] {
        (container.security["capabilities"]?[member]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    var addedCapabilities: String? {
        func isForbidden(_ name: String) -> Bool { !Self.baselineCapabilities.contains(name) }
        let bad = containers { capabilities($0, "add").contains(where: isForbidden) }
        if bad.isEmpty { return nil }
        let names = Set(bad.flatMap { capabilities($0, "add").filter(isForbidden) }).sorted()
        return "non-default capabilities (\(Self.named(bad)) must not include \(Self.quoted(names)) in "
            + "securityContext.capabilities.add)"
    }

    private func volumes(where isBad: (JSON) -> Bool) -> [String] {
        (spec["volumes"]?.arrayValue ?? []).filter(isBad).compactMap { $0["name"]?.stringValue }
    }

    var hostPathVolumes: String? {
        let bad = volumes { $0["hostPath"] != nil }
        return bad.isEmpty ? nil : "hostPath volumes (\(bad.count == 1 ? "volume" : "volumes") \(Self.quoted(bad)))"
    }

    var hostPorts: String? {
        func ports(_ container: Container) -> [Int] {
            (container.json["ports"]?.arrayValue ?? []).compactMap { $0["hostPort"]?.intValue }.filter { $0 != 0 }
        }
        let bad = containers { !ports($0).isEmpty }
        if bad.isEmpty { return nil }
        let numbers = Set(bad.flatMap(ports)).sorted()
        return "hostPort (\(Self.named(bad)) \(bad.count == 1 ? "uses" : "use") "
            + "\(numbers.count == 1 ? "hostPort" : "hostPorts") \(numbers.map(String.init).joined(separator: ", ")))"
    }

    var procMount: String? {
        func mount(_ container: Container) -> String { container.security["procMount"]?.stringValue ?? "Default" }
        let bad = containers { mount($0) != "Default" }
        if bad.isEmpty { return nil }
        return "procMount (\(Self.named(bad)) must not set securityContext.procMount to "
            + "\(Self.quoted(Set(bad.map(mount)).sorted())))"
    }

    var linuxOptions: String? {
        let types: Set = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"]
        func isBad(_ security: JSON) -> Bool {
            guard let options = security["seLinuxOptions"] else { return false }
            return !types.contains(options["type"]?.stringValue ?? "") || options["user"]?.stringValue ?? "" != ""
                || options["role"]?.stringValue ?? "" != ""
        }
        return setters(isBad).map { "seLinuxOptions (\($0) set forbidden securityContext.seLinuxOptions)" }
    }

    var unconfinedSeccomp: String? {
        setters { $0["seccompProfile"]?["type"]?.stringValue == "Unconfined" }.map {
            "seccompProfile (\($0) must not set securityContext.seccompProfile.type to \"Unconfined\")"
        }
    }

    var hostProcess: String? {
        setters { $0["windowsOptions"]?["hostProcess"]?.boolValue == true }.map {
            "hostProcess (\($0) must not set securityContext.windowsOptions.hostProcess=true)"
        }
    }

    /// Who has a security context of that kind: the pod, containers, or both.
    private func setters(_ isBad: (JSON) -> Bool) -> String? {
        var names: [String] = []
        if isBad(security) { names.append("pod") }
        let bad = containers { isBad($0.security) }
        if !bad.isEmpty { names.append(Self.named(bad)) }
        return names.isEmpty ? nil : names.joined(separator: " and ")
    }

    private static let safeSysctls: Set<String> = [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
    ]

    var sysctls: String? {
        let bad = (security["sysctls"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
            .filter { !Self.safeSysctls.contains($0) }
        return bad.isEmpty ? nil : "forbidden sysctls (\(bad.joined(separator: ", ")))"
    }

    // MARK: Restricted

    var privilegeEscalation: String? {
        let bad = containers { $0.security["allowPrivilegeEscalation"]?.boolValue != false }
        if bad.isEmpty { return nil }
        return "allowPrivilegeEscalation != false (\(Self.named(bad)) must set "
            + "securityContext.allowPrivilegeEscalation=false)"
    }

    var unrestrictedCapabilities: String? {
        let keeping = containers { !capabilities($0, "drop").contains("ALL") }
        func isForbidden(_ name: String) -> Bool { name != "NET_BIND_SERVICE" }
        let adding = containers { capabilities($0, "add").contains(where: isForbidden) }
        var parts: [String] = []
        if !keeping.isEmpty {
            parts.append("\(Self.named(keeping)) must set securityContext.capabilities.drop=[\"ALL\"]")
        }
        if !adding.isEmpty {
            let names = Set(adding.flatMap { capabilities($0, "add").filter(isForbidden) }).sorted()
            parts.append(
                "\(Self.named(adding)) must not include \(Self.quoted(names)) in securityContext.capabilities.add")
        }
        return parts.isEmpty ? nil : "unrestricted capabilities (\(parts.joined(separator: "; ")))"
    }

    private static let restrictedVolumes: Set<String> = [
        "name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim",
        "projected", "secret",
    ]

    var volumeTypes: String? {
        func type(_ volume: JSON) -> String? {
            volume.objectValue?.keys.first { !Self.restrictedVolumes.contains($0) }
        }
        let bad = volumes { type($0) != nil }
        if bad.isEmpty { return nil }
        let types = Set((spec["volumes"]?.arrayValue ?? []).compactMap(type)).sorted()
        return "restricted volume types (\(bad.count == 1 ? "volume" : "volumes") \(Self.quoted(bad)) "
            + "\(bad.count == 1 ? "uses" : "use") restricted volume \(types.count == 1 ? "type" : "types") "
            + "\(Self.quoted(types)))"
    }

    var runsAsRoot: String? {
        let isSetOnPod = security["runAsNonRoot"]?.boolValue == true
        var parts: [String] = []
        if security["runAsNonRoot"]?.boolValue == false {
            parts.append("pod must not set securityContext.runAsNonRoot=false")
        }
        let explicit = containers { $0.security["runAsNonRoot"]?.boolValue == false }
        if !explicit.isEmpty { parts.append("\(Self.named(explicit)) must not set securityContext.runAsNonRoot=false") }
        let open = containers { !isSetOnPod && $0.security["runAsNonRoot"] == nil }
        if parts.isEmpty, !open.isEmpty {
            parts.append("pod or \(Self.named(open)) must set securityContext.runAsNonRoot=true")
        }
        return parts.isEmpty ? nil : "runAsNonRoot != true (\(parts.joined(separator: "; ")))"
    }

    var rootUser: String? {
        setters { $0["runAsUser"]?.intValue == 0 }.map { "runAsUser=0 (\($0) must not set runAsUser=0)" }
    }

    var missingSeccomp: String? {
        func type(_ security: JSON) -> String? { security["seccompProfile"]?["type"]?.stringValue }
        func isGood(_ type: String?) -> Bool { type == "RuntimeDefault" || type == "Localhost" }
        var parts: [String] = []
        if let own = type(security), !isGood(own) {
            parts.append("pod must not set securityContext.seccompProfile.type to \"\(own)\"")
        }
        let explicit = containers { type($0.security) != nil && !isGood(type($0.security)) }
        if !explicit.isEmpty {
            let types = Set(explicit.compactMap { type($0.security) }).sorted()
            parts.append(
                "\(Self.named(explicit)) must not set securityContext.seccompProfile.type to \(Self.quoted(types))")
        }
        let open = containers { type($0.security) == nil && !isGood(type(security)) }
        if parts.isEmpty, !open.isEmpty {
            parts.append(
                "pod or \(Self.named(open)) must set securityContext.seccompProfile.type to \"RuntimeDefault\" or "
                    + "\"Localhost\"")
        }
        return parts.isEmpty ? nil : "seccompProfile (\(parts.joined(separator: "; ")))"
    }
}
