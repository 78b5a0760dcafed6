package import SwarmAPI

/// Whether a task's dependencies let it begin: a pure function of what is known of the tasks around it.
///
/// A task that has failed and those that wait are looked through for a way back to the task itself; one that has succeeded or
/// was cancelled ends every way, since nothing waits for it.
package enum DependencyPlan {
    /// What is known of a task.
    package struct Known: Sendable, Equatable {
        package var phase: SwarmTask.Phase?
        package var dependsOn: [String]

        package init(phase: SwarmTask.Phase?, dependsOn: [String] = []) {
            self.phase = phase
            self.dependsOn = dependsOn
        }
    }

    package enum Verdict: Sendable, Equatable {
        /// All have succeeded.
        case ready
        case waits(reason: String, message: String)
        /// It can never begin.
        case fails(reason: String, message: String)
    }

    /// More names are not told in one message.
    private static let maxNames = 16

    /// - Parameter look: what is known of a task of the same namespace; `nil`: there is none of that name.
    package static func decide(_ name: String, dependsOn: [String], look: (String) -> Known?) -> Verdict {
        if let way = wayBack(to: name, dependsOn, look) {
            return .fails(reason: "DependencyCycle", message: "spec.dependsOn leads back to the task: \(way)")
        }
        var absent: [String] = []
        var unfinished: [String] = []
        for dependency in dependsOn {
            guard let known = look(dependency) else {
                absent.append(dependency)
                continue
            }
            switch known.phase {
            case .succeeded: break
            case .failed: return .fails(reason: "DependencyFailed", message: "\(dependency) failed")
            case .cancelled: return .fails(reason: "DependencyFailed", message: "\(dependency) was cancelled")
            case nil, .pending, .queued, .running: unfinished.append(dependency)
            }
        }
        if !absent.isEmpty {
            return .waits(reason: "DependencyNotFound", message: "there is no SwarmTask \(list(absent)) yet")
        }
        if !unfinished.isEmpty {
            return .waits(reason: "WaitingForDependencies", message: "waits for \(list(unfinished))")
        }
        return .ready
    }

    /// The shortest way from a task's dependencies back to itself, as text; `nil`: there is none.
    private static func wayBack(to name: String, _ dependsOn: [String], _ look: (String) -> Known?) -> String? {
        // From each task that was reached, the one that led there.
        var cameFrom: [String: String] = [:]
        var queue: [String] = []
        func reach(_ next: String, from task: String) {
            guard cameFrom[next] == nil else { return }
            cameFrom[next] = task
            queue.append(next)
        }
        for dependency in dependsOn { reach(dependency, from: name) }
        var index = 0
        while index < queue.count {
            let task = queue[index]
            index += 1
            if task == name { break }
            guard let known = look(task), known.phase != .succeeded, known.phase != .cancelled else { continue }
            for dependency in known.dependsOn { reach(dependency, from: task) }
        }
        guard var step = cameFrom[name] else { return nil }
        var way = [name]
        while step != name {
            way.append(step)
            step = cameFrom[step] ?? name
        }
        way.append(name)
        way.reverse()
        if way.count > maxNames { way.replaceSubrange(maxNames / 2..<(way.count - maxNames / 2), with: ["…"]) }
        return way.joined(separator: " → ")
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(maxNames).joined(separator: ", ")
        return names.count > maxNames ? "\(shown) and \(names.count - maxNames) more" : shown
    }
}
