import GRDB
import StructuredData
import TaskQueue

/// How an `AgentRecord` lies in the table `agents`.
enum AgentRow {
    private static let columns =
        """
        id, namespace, swarm, name, pod_uid, instance, slots, version, capabilities, service_account, registered, \
        last_seen, last_request, draining, gone
        """

    static let select = "SELECT \(columns) FROM agents "
    static let insert = "INSERT INTO agents (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

    static func read(_ row: Row) throws -> AgentRecord {
        var row = RowReader(row)
        let id = AgentID(row.text())
        let registration = AgentRegistration(
            namespace: row.text(), swarm: row.text(), name: row.text(), podUID: row.optionalText(),
            instance: row.text(), slots: row.int(), version: row.text(),
            capabilities: try JSON.parse(row.text()).arrayValue?.compactMap(\.stringValue) ?? [],
            serviceAccount: row.text())
        let agent = AgentRecord(
            id: id, registration: registration, registered: row.time(), lastSeen: row.time(),
            lastRequest: row.integer(), isDraining: row.bool(), isGone: row.bool())
        try row.check()
        return agent
    }

    static func values(_ agent: AgentRecord) -> [(any DatabaseValueConvertible)?] {
        let registration = agent.registration
        return [
            agent.id.text, registration.namespace, registration.swarm, registration.name, registration.podUID,
            registration.instance, registration.slots, registration.version, JSON(registration.capabilities).text(),
            registration.serviceAccount, agent.registered.milliseconds, agent.lastSeen.milliseconds,
            agent.lastRequest, agent.isDraining, agent.isGone,
        ]
    }
}
