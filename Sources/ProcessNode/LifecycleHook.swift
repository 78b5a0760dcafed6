internal import ControllerRuntime
internal import KubernetesModel

/// What a container asks for after its start or before its end.
struct LifecycleHook: Sendable {
    let handler: LifecycleHandler
    let container: Container
    let launch: ContainerLaunch
    let paths: MountedPaths
    let podIP: String
    let driver: any ContainerDriver
    let time: TimeSource

    /// Runs it to its end, or until the task is cancelled.
    /// - Returns: why it failed; `nil` where it did not.
    func run() async -> String? {
        if let command = handler.exec?.command {
            do {
                let result = try await driver.execute(command.map(paths.rewriteArgument), in: launch)
                return result.exitCode == 0 ? nil : "exit code \(result.exitCode): \(result.output)"
            } catch {
                return "\(error)"
            }
        }
        if let action = handler.httpGet {
            let (isSuccess, message) = await SocketProbe.get(
                host: action.host ?? podIP, port: container.port(action.port), path: action.path ?? "/",
                headers: (action.httpHeaders ?? []).map { ($0.name, $0.value) },
                isSecure: action.scheme?.uppercased() == "HTTPS")
            return isSuccess ? nil : message
        }
        if let seconds = handler.sleep?.seconds { try? await time.sleep(for: .seconds(seconds)) }
        return nil
    }
}

extension Container {
    /// The number of a port that is given as such or by its name; 0 where there is none.
    func port(_ port: IntOrString) -> Int {
        switch port {
        case .int(let number): number
        case .string(let name): Int(name) ?? ports?.first { $0.name == name }?.containerPort ?? 0
        }
    }
}
