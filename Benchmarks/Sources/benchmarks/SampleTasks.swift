import StructuredData
import SwarmAPI

/// SwarmTasks as a server holds them, of about 1.5 KB each: a quarter wait, a quarter run, half have ended.
enum SampleTasks {
    static let namespace = "team-risk"

    static func text(_ index: Int, version: Int, extraLabel: String? = nil) -> String {
        let (phase, swarm) =
            switch index % 4 {
            case 0: ("", "")
            case 1: ("Running", "argus")
            default: ("Succeeded", "argus")
            }
        return """
            {"apiVersion":"das.brashlabs.io/v1alpha1","kind":"SwarmTask","metadata":{\(metadata(index, version, extraLabel))},\
            "spec":{"type":"risk-assessment","input":\(input(index)),"priority":1,"timeoutSeconds":300,\
            "ttlSecondsAfterFinished":86400},"status":\(phase.isEmpty ? #"{"observedGeneration":-1}"# : status(index, phase, swarm))}
            """
    }

    static func name(_ index: Int) -> String { "risk-assessment-\(index)" }

    private static func metadata(_ index: Int, _ version: Int, _ extraLabel: String?) -> String {
        let digits = String(index)
        let uid = "3f0c9d52-7b1e-4c55-9a0e-" + String(repeating: "0", count: 12 - digits.count) + digits
        let label = extraLabel.map { #","sent":"\#($0)""# } ?? ""
        return """
            "name":"\(name(index))","namespace":"\(namespace)","uid":"\(uid)","resourceVersion":"\(version)","generation":1,\
            "creationTimestamp":"2024-05-01T10:00:00Z","labels":{"app.kubernetes.io/part-of":"argus","team":"risk"\(label)},\
            "managedFields":[{"manager":"kubectl","operation":"Apply","apiVersion":"das.brashlabs.io/v1alpha1",\
            "time":"2024-05-01T10:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{"f:team":{}}},\
            "f:spec":{"f:input":{},"f:type":{},"f:priority":{},"f:timeoutSeconds":{}}}}]
            """
    }

    private static func input(_ index: Int) -> String {
        let prices = (0..<24).map { "\(100 + (index * 7 + $0 * 13) % 900).\($0 % 10)5" }.joined(separator: ",")
        return """
            {"portfolio":"P-\(index)","currency":"USD","confidence":0.99,"horizonDays":10,"prices":[\(prices)],\
            "positions":[{"symbol":"AAPL","quantity":\(index % 500)},{"symbol":"MSFT","quantity":250}],\
            "note":"Daily value-at-risk of the trading book, as agreed with the desk."}
            """
    }

    private static func status(_ index: Int, _ phase: String, _ swarm: String) -> String {
        let isEnd = phase == "Succeeded"
        func condition(_ type: String, _ isTrue: Bool) -> String {
            #"{"type":"\#(type)","status":"\#(isTrue ? "True" : "False")","observedGeneration":1,"lastTransitionTime":"2024-05-01T10:00:03Z","reason":"\#(phase)","message":""}"#
        }
        let conditions = [("Ready", isEnd), ("Stalled", false), ("Complete", isEnd)].map { condition($0.0, $0.1) }
        let end =
            isEnd
            ? #","completionTime":"2024-05-01T10:00:03Z","result":{"valueAtRisk":\#(1000 + index).5,"expectedShortfall":\#(1400 + index).25}"#
            : ""
        return """
            {"observedGeneration":1,"phase":"\(phase)","conditions":[\(conditions.joined(separator: ","))],"swarm":"\(swarm)",\
            "agent":"argus-6c9f7d-x2x","attempts":1,"queuedTime":"2024-05-01T10:00:00Z","startTime":"2024-05-01T10:00:01Z"\(end)}
            """
    }
}
