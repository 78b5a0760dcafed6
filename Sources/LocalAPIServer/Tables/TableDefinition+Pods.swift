import KubernetesModel
import StructuredData

extension TableDefinition {
    static let pods = TableDefinition(
        columns: [
            name,
            Column("Ready", description: "The aggregate readiness state of this pod for accepting traffic."),
            Column("Status", description: "The aggregate status of the containers in this pod."),
            Column(
                "Restarts",
                description:
                    "The number of times the containers in this pod have been restarted and when the last container in this "
                    + "pod has restarted."),
            age, Column("IP", priority: 1), Column("Node", priority: 1), Column("Nominated Node", priority: 1),
            Column("Readiness Gates", priority: 1),
        ],
        cells: { pod, now in
            let summary = PodSummary(pod, now)
            func text(_ value: JSON?) -> JSON {
                let text = value?.stringValue ?? ""
                return text.isEmpty ? "<none>" : .string(text)
            }
            return [
                CellText.name(pod), .string("\(summary.readyContainers)/\(summary.containers)"),
                .string(summary.reason), .string(summary.restarts), CellText.age(pod, now),
                text(pod["status"]?["podIP"]), text(pod["spec"]?["nodeName"]),
                text(pod["status"]?["nominatedNodeName"]), "<none>",
            ]
        })
}

/// What `kubectl get pods` says about a pod, by the rules of the real server's printer.
private struct PodSummary {
    var containers: Int
    var readyContainers = 0
    var reason: String
    var restarts = "0"

    init(_ pod: JSON, _ now: Int64) {
        let status = pod["status"] ?? [:]
        containers = pod["spec"]?["containers"]?.arrayValue?.count ?? 0
        reason = status["phase"]?.stringValue ?? "Unknown"
        if let given = status["reason"]?.stringValue, !given.isEmpty { reason = given }
        let isInitializing = readInitContainers(pod)
        var count = 0
        var lastRestart: String?
        var hasRunning = false
        if !isInitializing {
            for container in (status["containerStatuses"]?.arrayValue ?? []).reversed() {
                count += container["restartCount"]?.intValue ?? 0
                let finished = container["lastState"]?["terminated"]?["finishedAt"]?.stringValue
                if let finished, finished > lastRestart ?? "" { lastRestart = finished }
                read(container, &hasRunning)
            }
            if reason == "Completed", hasRunning { reason = Self.isReady(status) ? "Running" : "NotReady" }
        }
        restarts = String(count)
        if let lastRestart, count > 0 { restarts += " (\(CellText.since(lastRestart, now)) ago)" }
        if pod["metadata"]?["deletionTimestamp"] != nil {
            let isOver = ["Succeeded", "Failed"].contains(status["phase"]?.stringValue ?? "")
            if status["reason"]?.stringValue == "NodeLost" {
                reason = "Unknown"
            } else if !isOver {
                reason = "Terminating"
            }
        }
    }

    private mutating func read(_ container: JSON, _ hasRunning: inout Bool) {
        let state = container["state"]
        if let waiting = state?["waiting"]?["reason"]?.stringValue, !waiting.isEmpty {
            reason = waiting
        } else if let terminated = state?["terminated"] {
            let given = terminated["reason"]?.stringValue ?? ""
            let signal = terminated["signal"]?.intValue ?? 0
            if !given.isEmpty {
                reason = given
            } else {
                reason = signal != 0 ? "Signal:\(signal)" : "ExitCode:\(terminated["exitCode"]?.intValue ?? 0)"
            }
        } else if container["ready"]?.boolValue == true, state?["running"] != nil {
            hasRunning = true
            readyContainers += 1
        }
    }

    /// - Returns: whether the pod still runs its init containers.
    private mutating func readInitContainers(_ pod: JSON) -> Bool {
        let statuses = pod["status"]?["initContainerStatuses"]?.arrayValue ?? []
        let total = pod["spec"]?["initContainers"]?.arrayValue?.count ?? 0
        for (index, container) in statuses.enumerated() {
            let state = container["state"]
            if let terminated = state?["terminated"] {
                if terminated["exitCode"]?.intValue == 0 { continue }
                reason =
                    "Init:\(terminated["reason"]?.stringValue ?? "ExitCode:\(terminated["exitCode"]?.intValue ?? 0)")"
            } else if let waiting = state?["waiting"]?["reason"]?.stringValue, waiting != "PodInitializing" {
                reason = "Init:\(waiting)"
            } else {
                reason = "Init:\(index)/\(total)"
            }
            return true
        }
        return false
    }

    private static func isReady(_ status: JSON) -> Bool {
        (status["conditions"]?.arrayValue ?? []).contains {
            $0["type"]?.stringValue == "Ready" && $0["status"]?.stringValue == "True"
        }
    }
}
