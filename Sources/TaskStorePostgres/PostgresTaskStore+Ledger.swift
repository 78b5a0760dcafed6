package import TaskQueue

extension PostgresTaskStore {
    package func attempts(of task: TaskID) async throws -> [AttemptRecord] {
        try await read(Request(AttemptTable.ofTask, Parameters(.text(task.text)))) { rows in
            try rows.map { row in try AttemptTable.read(&row) }
        }
    }

    package func recordDecision(_ decision: DecisionRecord) async throws {
        try await write { $0.enqueue(DecisionTable.insertion(of: decision)) }
    }

    package func decisions(namespace: String, swarm: String, limit: Int) async throws -> [DecisionRecord] {
        try await read(Request(DecisionTable.latest, Self.place(namespace, swarm, limit))) { rows in
            try rows.map { row in try DecisionTable.read(&row) }
        }
    }

    package func outcomes(namespace: String, swarm: String, limit: Int) async throws -> [OutcomeRecord] {
        try await read(Request(OutcomeTable.latest, Self.place(namespace, swarm, limit))) { rows in
            try rows.map { row in try OutcomeTable.read(&row) }
        }
    }

    private static func place(_ namespace: String, _ swarm: String, _ limit: Int) -> Parameters {
        Parameters(.text(namespace), .text(swarm), Cell(min(max(limit, 1), 1000)))
    }
}
