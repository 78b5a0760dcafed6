internal import ControllerRuntime
internal import KubernetesModel
private import Synchronization

/// Asks a running container how it is, as its probes say.
struct ProbeRunner: Sendable {
    let container: Container
    let launch: ContainerLaunch
    let paths: MountedPaths
    let podIP: String
    let driver: any ContainerDriver
    let time: TimeSource
    /// Readiness changed.
    let onReady: @Sendable (Bool) -> Void
    /// The startup probe has succeeded, or there is none.
    let onStarted: @Sendable () -> Void
    /// A probe has failed, which need not matter yet; how.
    let onFailure: @Sendable (String) -> Void
    /// The container must be restarted; for which probe.
    let onUnhealthy: @Sendable (String) -> Void

    /// Runs until cancelled.
    func run() async {
        if let probe = container.startupProbe, !(await waitForStartup(probe)) { return }
        onStarted()
        if container.readinessProbe == nil { onReady(true) }
        await withTaskGroup(of: Void.self) { group in
            if let probe = container.readinessProbe {
                group.addTask {
                    await repeatedly(probe, "Readiness") { verdict in
                        onReady(verdict == .success)
                        return true
                    }
                }
            }
            if let probe = container.livenessProbe {
                group.addTask {
                    await repeatedly(probe, "Liveness") { verdict in
                        guard verdict == .failure else { return true }
                        onUnhealthy("liveness")
                        return false
                    }
                }
            }
        }
    }

    private func waitForStartup(_ probe: Probe) async -> Bool {
        let hasStarted = Mutex(false)
        await repeatedly(probe, "Startup") { verdict in
            if verdict == .success {
                hasStarted.withLock { $0 = true }
            } else {
                onUnhealthy("startup")
            }
            return false
        }
        return hasStarted.withLock { $0 }
    }

    /// Probes every period, and passes verdicts on as long as `act` says so.
    private func repeatedly(_ probe: Probe, _ name: String, _ act: (ProbeState.Verdict) -> Bool) async {
        var state = ProbeState(probe)
        try? await time.sleep(for: .seconds(probe.initialDelaySeconds ?? 0))
        while !Task.isCancelled {
            let (isSuccess, message) = await once(probe)
            if Task.isCancelled { return }
            if !isSuccess { onFailure("\(name) probe failed: \(message)") }
            if let verdict = state.add(isSuccess), !act(verdict) { return }
            try? await time.sleep(for: .seconds(max(probe.periodSeconds ?? 10, 1)))
        }
    }

    private func once(_ probe: Probe) async -> (isSuccess: Bool, message: String) {
        let limit = Duration.seconds(max(probe.timeoutSeconds ?? 1, 1))
        return await withTaskGroup(of: (Bool, String)?.self) { group in
            group.addTask { await ask(probe) }
            group.addTask {
                try? await time.sleep(for: limit)
                return (false, "no answer within \(DurationText.text(limit))")
            }
            defer { group.cancelAll() }
            return await group.next().flatMap { $0 } ?? (false, "no answer")
        }
    }

    private func ask(_ probe: Probe) async -> (Bool, String) {
        if let command = probe.exec?.command {
            do {
                let result = try await driver.execute(command.map(paths.rewriteArgument), in: launch)
                return (result.exitCode == 0, "exit code \(result.exitCode): \(result.output)")
            } catch {
                return (false, "\(error)")
            }
        }
        if let action = probe.tcpSocket {
            return await SocketProbe.connect(host: action.host ?? podIP, port: container.port(action.port))
        }
        if let action = probe.httpGet {
            return await SocketProbe.get(
                host: action.host ?? podIP, port: container.port(action.port), path: action.path ?? "/",
                headers: (action.httpHeaders ?? []).map { ($0.name, $0.value) },
                isSecure: action.scheme?.uppercased() == "HTTPS")
        }
        if let action = probe.grpc {
            // That the server listens is all that is asked of it; its health service is not.
            return await SocketProbe.connect(host: podIP, port: action.port)
        }
        return (true, "")
    }
}
