import StructuredData
import TaskQueue

/// How an `AgentRecord` lies in the table `agents`.
enum AgentTable {
    private static let columns: [Column<AgentRecord>] = [
        Column("id", .text) { Cell($0.id.text) },
        Column("namespace", .text) { Cell($0.registration.namespace) },
        Column("swarm", .text) { Cell($0.registration.swarm) },
        Column("name", .text) { Cell($0.registration.name) },
        Column("pod_uid", .text) { Cell($0.registration.podUID) },
        Column("instance", .text) { Cell($0.registration.instance) },
        Column("slots", .integer) { Cell($0.registration.slots) },
        Column("version", .text) { Cell($0.registration.version) },
        Column("capabilities", .text) { Cell(JSON($0.registration.capabilities).text()) },
        Column("service_account", .text) { Cell($0.registration.serviceAccount) },
        Column("registered", .integer) { Cell($0.registered.milliseconds) },
        Column("last_seen", .integer) { Cell($0.lastSeen.milliseconds) },
        Column("last_request", .integer) { Cell($0.lastRequest) },
        Column("draining", .boolean) { Cell($0.isDraining) },
        Column("gone", .boolean) { Cell($0.isGone) },
    ]
    /// What an agent's calls change.
    private static let seen = columns.filter { ["id", "last_seen", "last_request"].contains($0.name) }

    static let names = columns.map(\.name).joined(separator: ", ")
    static let select = "SELECT \(names) FROM agents "
    static let insert = Statement("agents_insert", BulkStatement.insert(into: "agents", columns))
    static let update = Statement("agents_update", BulkStatement.update("agents", columns))
    static let see = Statement("agents_see", BulkStatement.update("agents", seen))

    static func insertion(of agent: AgentRecord) -> Request { request(insert, columns, [agent]) }
    static func update(of agent: AgentRecord) -> Request { request(update, columns, [agent]) }
    static func sight(of agents: [AgentRecord]) -> Request { request(see, seen, agents) }

    private static func request(
        _ statement: Statement, _ columns: [Column<AgentRecord>], _ agents: [AgentRecord]
    ) -> Request {
        var parameters = Parameters()
        parameters.add(columns, of: agents)
        return Request(statement, parameters)
    }

    static func read(_ row: inout RowReader) throws -> AgentRecord {
        let id = AgentID(try row.text())
        let registration = AgentRegistration(
            namespace: try row.text(), swarm: try row.text(), name: try row.text(), podUID: row.optionalText(),
            instance: try row.text(), slots: try row.int(), version: try row.text(),
            capabilities: try JSON.parse(row.text()).arrayValue?.compactMap(\.stringValue) ?? [],
            serviceAccount: try row.text())
        return AgentRecord(
            id: id, registration: registration, registered: try row.time(), lastSeen: try row.time(),
            lastRequest: try row.integer(), isDraining: try row.bool(), isGone: try row.bool())
    }
}
