internal import ControllerRuntime
internal import KubernetesModel
private import Synchronization

/// The volumes of one pod on disk, kept up to date.
///
/// A volume's files change all at once (`AtomicDirectory`). A pod starts when everything that is not optional is there;
/// afterwards a source that cannot be read leaves the files as they are.
final class PodVolumes: Sendable {
    private struct Token: Sendable {
        var text: String
        var refreshAt: Duration
    }

    private struct State: Sendable {
        /// By the volume's name.
        var written: [String: [VolumeFile]] = [:]
        var tokens: [TokenDemand: Token] = [:]
    }

    /// A token is replaced when this share of its life is over.
    static let refreshShare = 0.8

    let directories: [String: String]
    private let api: any NodeAPI
    private let place: PodPlace
    private let time: TimeSource
    private let state = Mutex(State())
    /// Held, on a thread that may block, by whoever writes files.
    private let disk = Mutex(())

    init(_ pod: Pod, directory: NodeDirectory, api: any NodeAPI, place: PodPlace, time: TimeSource) {
        var directories: [String: String] = [:]
        for volume in pod.spec.volumes ?? [] {
            if let path = volume.hostPath?.path {
                directories[volume.name] = path
            } else if let claim = volume.persistentVolumeClaim?.claimName {
                directories[volume.name] = directory.claim(claim, namespace: pod.metadata.namespace ?? "")
            } else {
                directories[volume.name] = "\(directory.volumes(pod.metadata.uid ?? ""))/\(volume.name)"
            }
        }
        self.directories = directories
        self.api = api
        self.place = place
        self.time = time
    }

    /// Brings the files up to date with what the server says now.
    /// - Returns: the objects read, and how long until a token must be replaced.
    func refresh(_ pod: Pod) async throws -> (objects: ReferencedObjects, next: Duration?) {
        let objects = try await objects(of: pod)
        let next = try await refreshTokens(of: pod)
        let tokens = state.withLock { $0.tokens.mapValues(\.text) }
        let plan = VolumePlan(pod: pod, place: place, objects: objects, tokens: tokens)
        for volume in pod.spec.volumes ?? [] where volume.hostPath == nil {
            guard let directory = directories[volume.name] else { continue }
            guard let files = try plan.files(of: volume) else {
                try await Blocking.run { try Files.makeDirectory(directory) }
                continue
            }
            try await Blocking.run { try self.write(files, of: volume.name, to: directory) }
        }
        return (objects, next)
    }

    private func write(_ files: [VolumeFile], of volume: String, to directory: String) throws {
        try disk.withLock { _ in
            guard state.withLock({ $0.written[volume] }) != files else { return }
            try AtomicDirectory(path: directory).replace(with: files)
            state.withLock { $0.written[volume] = files }
        }
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
