internal import ControllerRuntime
internal import KubernetesModel
private import Synchronization

/// The volumes of one pod on disk, kept up to date.
///
/// Each file is replaced as one step. A pod starts when everything that is not optional is there; afterwards a source that
/// cannot be read leaves the files as they are.
final class PodVolumes: Sendable {
    private struct Token: Sendable {
        var text: String
        var refreshAt: Duration
    }

    private struct State: Sendable {
        var written: [String: VolumeFile] = [:]
        var tokens: [TokenDemand: Token] = [:]
    }

    /// A token is replaced when this share of its life is over.
    static let refreshShare = 0.8

    let directories: [String: String]
    private let api: any NodeAPI
    private let podIP: String
    private let time: TimeSource
    private let state = Mutex(State())

    init(_ pod: Pod, directory: String, api: any NodeAPI, podIP: String, time: TimeSource) {
        var directories: [String: String] = [:]
        for volume in pod.spec.volumes ?? [] {
            directories[volume.name] = volume.hostPath?.path ?? "\(directory)/\(volume.name)"
        }
        self.directories = directories
        self.api = api
        self.podIP = podIP
        self.time = time
    }

    /// Brings the files up to date with what the server says now.
    /// - Returns: the objects read, and how long until a token must be replaced.
    func refresh(_ pod: Pod) async throws -> (objects: ReferencedObjects, next: Duration?) {
        let objects = try await objects(of: pod)
        let next = try await refreshTokens(of: pod)
        let tokens = state.withLock { $0.tokens.mapValues(\.text) }
        let plan = VolumePlan(pod: pod, podIP: podIP, objects: objects, tokens: tokens)
        var wanted: [String: VolumeFile] = [:]
        var empty: [String] = []
        for volume in pod.spec.volumes ?? [] where volume.hostPath == nil {
            guard let directory = directories[volume.name] else { continue }
            empty.append(directory)
            for file in try plan.files(of: volume) ?? [] { wanted["\(directory)/\(file.path)"] = file }
        }
        try await write(wanted, directories: empty)
        return (objects, next)
    }

    private func write(_ wanted: [String: VolumeFile], directories: [String]) async throws {
        let written = state.withLock { $0.written }
        let changed = wanted.filter { written[$0.key] != $0.value }
        let stale = Set(written.keys).subtracting(wanted.keys)
        guard written.isEmpty || !changed.isEmpty || !stale.isEmpty else { return }
        try await Blocking.run {
            for directory in directories { try Files.makeDirectory(directory) }
            for (path, file) in changed {
                if let slash = path.lastIndex(of: "/") { try Files.makeDirectory(String(path[..<slash])) }
                try Files.writeAtomically(file.bytes, to: path, mode: file.mode)
            }
            for path in stale { Files.remove(path) }
        }
        state.withLock { $0.written = wanted }
    }

    private func objects(of pod: Pod) async throws -> ReferencedObjects {
        let references = VolumePlan.references(of: pod)
        let namespace = pod.metadata.namespace ?? ""
        var objects = ReferencedObjects()
        for name in references.configMaps.sorted() {
            objects.configMaps[name] = try await api.configMap(name, namespace: namespace)
        }
        for name in references.secrets.sorted() {
            objects.secrets[name] = try await api.secret(name, namespace: namespace)
        }
        return objects
    }

    private func refreshTokens(of pod: Pod) async throws -> Duration? {
        var next: Duration?
        for demand in VolumePlan.tokens(of: pod) {
            let now = time.now
            var token = state.withLock { $0.tokens[demand] }
            if token.map({ now >= $0.refreshAt }) ?? true {
                let granted = try await api.token(
                    serviceAccount: pod.spec.serviceAccountName ?? "default", audience: demand.audience,
                    expirationSeconds: demand.expirationSeconds, for: pod)
                // The server may grant another life than asked for; its clock may differ from ours, so only a shorter one counts.
                let grantedSeconds = Timestamp.seconds(granted.expirationTimestamp)
                    .map { Double($0) - Double(WallTime.microseconds()) / 1e6 }
                let life = min(Double(demand.expirationSeconds), max(grantedSeconds ?? .infinity, 60))
                let new = Token(text: granted.token, refreshAt: now + .seconds(life * Self.refreshShare))
                state.withLock { $0.tokens[demand] = new }
                token = new
            }
            if let at = token?.refreshAt { next = min(next ?? at - now, at - now) }
        }
        return next
    }
}
