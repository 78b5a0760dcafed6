internal import KubernetesModel
internal import Logging
internal import Metrics

/// Drives a `ReflectorMachine`: asks the list-watch, writes the store, passes changes on.
struct Reflector<Object: Sendable>: Sendable {
    let name: String
    /// The namespace whose objects this reflector owns in the store, "" for all.
    let scope: String
    let listWatch: any ListWatch<Object>
    let store: Store<Object>
    let transform: @Sendable (inout Object) -> Void
    let time: TimeSource
    let configuration: ReflectorMachine.Configuration
    let seed: UInt64
    let logger: Logger

    /// Runs until cancelled. `onSynced` is called after each complete list.
    func run(onChanges: ([Change<Object>]) -> Void, onSynced: () -> Void) async throws {
        var machine = ReflectorMachine(configuration: configuration, seed: seed)
        let relists = Counter(label: "reflector_lists_total", dimensions: [("name", name)])
        let watches = Counter(label: "reflector_watches_total", dimensions: [("name", name)])
        let failures = Counter(label: "reflector_failures_total", dimensions: [("name", name)])
        var pages: [Object] = []
        var event = ReflectorMachine.Event.started
        while true {
            try Task.checkCancellation()
            for action in machine.handle(event) {
                switch action {
                case .discardPages:
                    pages.removeAll()
                    relists.increment()
                case .list(let limit, let token):
                    event = try await list(limit, token, into: &pages, failures)
                case .commit(let version):
                    let changes = store.replace(with: pages, version: version, scope: scope)
                    pages.removeAll()
                    if !changes.isEmpty { onChanges(changes) }
                    onSynced()
                case .watch(let version, let timeoutSeconds):
                    watches.increment()
                    event = try await watch(version, timeoutSeconds, &machine, failures, onChanges)
                case .wait(let pause):
                    try await time.sleep(for: pause)
                    event = .waited
                }
            }
        }
    }

    private func list(
        _ limit: Int?, _ token: String?, into pages: inout [Object], _ failures: Counter
    ) async throws -> ReflectorMachine.Event {
        do {
            let page = try await listWatch.list(limit: limit, continueToken: token)
            pages.reserveCapacity(pages.count + page.objects.count)
            for var object in page.objects {
                transform(&object)
                pages.append(object)
            }
            return .page(resourceVersion: page.resourceVersion, continueToken: page.continueToken)
        } catch {
            try Task.checkCancellation()
            failures.increment()
            logger.warning("listing \(name) failed, will try again: \(error)")
            return .listFailed(ReflectorFailure(error))
        }
    }

    private func watch(
        _ version: String, _ timeoutSeconds: Int, _ machine: inout ReflectorMachine, _ failures: Counter,
        _ onChanges: ([Change<Object>]) -> Void
    ) async throws -> ReflectorMachine.Event {
        let began = time.now
        do {
            // The closure cannot hold an `inout`, so the machine is lent to it.
            var lent = machine
            defer { machine = lent }
            try await listWatch.watch(from: version, timeoutSeconds: timeoutSeconds) { event in
                let seen = apply(event, onChanges)
                _ = lent.handle(seen)
            }
            try Task.checkCancellation()
            return .watchClosed(lasted: time.now - began)
        } catch {
            try Task.checkCancellation()
            let failure = ReflectorFailure(error)
            failures.increment()
            // An expired version is routine after a quiet time or a compaction.
            logger.log(
                level: failure == .expired ? .info : .warning, "watching \(name) from \(version) failed: \(error)")
            return .watchFailed(failure, lasted: time.now - began)
        }
    }

    private func apply(
        _ event: ListWatchEvent<Object>, _ onChanges: ([Change<Object>]) -> Void
    ) -> ReflectorMachine.Event {
        let changes: [Change<Object>]
        let version: String
        switch event {
        case .bookmark(let version):
            store.observe(version: version, scope: scope)
            return .bookmark(resourceVersion: version)
        case .added(var object), .modified(var object):
            version = listWatch.metadata(of: object).resourceVersion ?? ""
            transform(&object)
            changes = store.put(object, scope: scope)
        case .deleted(var object):
            version = listWatch.metadata(of: object).resourceVersion ?? ""
            transform(&object)
            changes = store.remove(object, scope: scope)
        }
        if !changes.isEmpty { onChanges(changes) }
        return .changed(resourceVersion: version)
    }
}

extension ReflectorFailure {
    /// What `error` means for a list or watch.
    init(_ error: any Error) {
        guard let status = error as? KubernetesStatus else {
            self = .other
            return
        }
        let causes = status.details?.causes ?? []
        switch status.code {
        case 410: self = .expired
        case 504 where causes.contains { $0.reason == "ResourceVersionTooLarge" }: self = .tooLarge
        default:
            if let seconds = status.details?.retryAfterSeconds, seconds > 0 {
                // A server may ask for patience, but not for ever.
                self = .retryAfter(.seconds(min(seconds, 60)))
            } else {
                self = .other
            }
        }
    }
}
