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
                text(pod["status"]?["nominatedNodeName"]), text(.string(summary.readinessGates)),
            ]
        })
}

/// What `kubectl get pods` says about a pod, by the rules of the real server's printer.
private struct PodSummary {
    /// Init containers that run beside the others are counted as well.
    var containers: Int
    var readyContainers = 0
    var reason: String
    var restarts = "0"
    /// How many of the pod's readiness gates are open, as `1/2`; empty where it has none.
    var readinessGates = ""

    private var restartCount = 0
    private var lastRestart: String?

    init(_ pod: JSON, _ now: Int64) {
        let status = pod["status"] ?? [:]
        let initContainers = pod["spec"]?["initContainers"]?.arrayValue ?? []
        let sidecars = Set(initContainers.filter { $0["restartPolicy"] == "Always" }.compactMap { $0["name"] })
        containers = (pod["spec"]?["containers"]?.arrayValue?.count ?? 0) + sidecars.count
        reason = status["phase"]?.stringValue ?? "Unknown"
        if let given = status["reason"]?.stringValue, !given.isEmpty { reason = given }
        if Self.condition("PodScheduled", of: status)?["reason"] == "SchedulingGated" { reason = "SchedulingGated" }
        let statuses = status["initContainerStatuses"]?.arrayValue ?? []
        let isInitializing = readInitContainers(statuses, total: initContainers.count, sidecars: sidecars)
        if !isInitializing || Self.isTrue("Initialized", of: status) {
            restartCount = 0
            lastRestart = nil
            for sidecar in statuses where sidecars.contains(sidecar["name"] ?? "") { countRestarts(of: sidecar) }
            readContainers(status)
        }
        restarts = String(restartCount)
        if let lastRestart, restartCount > 0 { restarts += " (\(CellText.since(lastRestart, now)) ago)" }
        if pod["metadata"]?["deletionTimestamp"] != nil {
            let isOver = ["Succeeded", "Failed"].contains(status["phase"]?.stringValue ?? "")
            if status["reason"]?.stringValue == "NodeLost" {
                reason = "Unknown"
            } else if !isOver {
                reason = "Terminating"
            }
        }
        let gates = (pod["spec"]?["readinessGates"]?.arrayValue ?? []).compactMap { $0["conditionType"]?.stringValue }
        if !gates.isEmpty {
            readinessGates = "\(gates.count { Self.isTrue($0, of: status) })/\(gates.count)"
        }
    }

    private mutating func readContainers(_ status: JSON) {
        var hasRunning = false
        for container in (status["containerStatuses"]?.arrayValue ?? []).reversed() {
            countRestarts(of: container)
            read(container, &hasRunning)
        }
        if reason == "Completed", hasRunning {
            reason = Self.isTrue("Ready", of: status) ? "Running" : "NotReady"
        }
    }

    private mutating func countRestarts(of container: JSON) {
        restartCount += container["restartCount"]?.intValue ?? 0
        let finished = container["lastState"]?["terminated"]?["finishedAt"]?.stringValue
        if let finished, finished > lastRestart ?? "" { lastRestart = finished }
    }

    private mutating func read(_ container: JSON, _ hasRunning: inout Bool) {
        let state = container["state"]
        if let waiting = state?["waiting"]?["reason"]?.stringValue, !waiting.isEmpty {
            reason = waiting
        } else if let terminated = state?["terminated"] {
            reason = Self.reason(terminated)
        } else if container["ready"]?.boolValue == true, state?["running"] != nil {
            hasRunning = true
            readyContainers += 1
        }
    }

    /// - Returns: whether the pod still runs its init containers.
    private mutating func readInitContainers(_ statuses: [JSON], total: Int, sidecars: Set<JSON>) -> Bool {
        for (index, container) in statuses.enumerated() {
            countRestarts(of: container)
            let state = container["state"]
            if state?["terminated"]?["exitCode"] == 0 { continue }
            if sidecars.contains(container["name"] ?? ""), container["started"] == true {
                if container["ready"] == true { readyContainers += 1 }
                continue
            }
            if let terminated = state?["terminated"] {
                reason = "Init:\(Self.reason(terminated))"
            } else if let waiting = state?["waiting"]?["reason"]?.stringValue,
                !["", "PodInitializing"].contains(waiting)
            {
                reason = "Init:\(waiting)"
            } else {
                reason = "Init:\(index)/\(total)"
            }
            return true
        }
        return false
    }

    private static func reason(_ terminated: JSON) -> String {
        if let given = terminated["reason"]?.stringValue, !given.isEmpty { return given }
        let signal = terminated["signal"]?.intValue ?? 0
        return signal != 0 ? "Signal:\(signal)" : "ExitCode:\(terminated["exitCode"]?.intValue ?? 0)"
    }

    private static func condition(_ type: String, of status: JSON) -> JSON? {
        status["conditions"]?.arrayValue?.first { $0["type"]?.stringValue == type }
    }

    private static func isTrue(_ type: String, of status: JSON) -> Bool {
        condition(type, of: status)?["status"] == "True"
    }
}
