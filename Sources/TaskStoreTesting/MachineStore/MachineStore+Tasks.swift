package import TaskQueue

extension MachineStore {
    package func submit(_ submissions: [Submission]) async throws -> [SubmitVerdict] {
        change { call in submissions.map { call.submit($0) } }
    }

    package func submit(
        _ submissions: [Submission], next: LeaseCall
    ) async throws -> (verdicts: [SubmitVerdict], next: LeaseVerdict?) {
        change { call in (submissions.map { call.submit($0) }, call.lease(next)) }
    }

    package func task(_ id: TaskID) async throws -> TaskRecord? { read { $0.tasks[id]?.record } }

    package func tasks(_ query: TaskQuery) async throws -> TaskPage {
        read { contents in
            let limit = min(max(query.limit, 1), 1000)
            var found: [Task] = []
            for id in contents.order(of: query.group) where found.count <= limit {
                guard let task = contents.tasks[id], query.covers(task) else { continue }
                found.append(task)
            }
            let page = found.prefix(limit)
            return TaskPage(
                tasks: page.map(\.record),
                cursor: found.count > limit ? page.last.flatMap { query.place($0.record, $0.sequence) } : nil)
        }
    }

    package func liveObjectTasks() async throws -> [TaskRecord] {
        read { contents in
            contents.order.compactMap { contents.tasks[$0]?.record }.filter {
                !$0.state.isEnd && $0.origin.objectName != nil
            }
        }
    }

    package func input(of task: TaskID) async throws -> [UInt8]? { read { $0.tasks[task]?.input } }

    package func result(of task: TaskID) async throws -> [UInt8]? { read { $0.tasks[task]?.result } }

    package func output(of task: TaskID) async throws -> TaskOutput? {
        read { $0.tasks[task]?.output }.flatMap { $0.end > 0 ? $0 : nil }
    }

    package func cancel(_ task: TaskID, _ order: CancelOrder) async throws -> TaskRecord? {
        change { call in
            call.contents.tasks[task] == nil ? nil : call.apply(.cancel(order), to: task).record
        }
    }

    package func amend(_ task: TaskID, _ amendment: TaskAmendment) async throws -> TaskRecord? {
        change { call in
            guard call.contents.tasks[task] != nil else { return nil }
            if let swarm = amendment.swarm { call.apply(.bind(swarm: swarm), to: task) }
            if let priority = amendment.priority { call.apply(.prioritise(priority), to: task) }
            if let isSuspended = amendment.isSuspended {
                call.apply(isSuspended ? .hold(.suspended) : .unhold(.suspended), to: task)
            }
            return call.contents.tasks[task]?.record
        }
    }
}

extension MachineStore.Contents {
    /// What is listed, the last one first.
    fileprivate func order(of group: TaskID?) -> [TaskID] {
        guard let group else { return order.reversed() }
        return order.filter { $0.item?.group == group }.sorted(by: >)
    }
}

extension TaskQuery {
    fileprivate func covers(_ task: MachineStore.Task) -> Bool {
        let record = task.record
        return record.namespace == namespace && (swarm.map { record.swarm == $0 } ?? true)
            && (type.map { record.type == $0 } ?? true) && (states.map { $0.contains(record.state) } ?? true)
            && (cursor.map { place(task.record, task.sequence) ?? 0 < $0 } ?? true)
    }
}

extension MachineStore.Call {
    fileprivate mutating func submit(_ submission: Submission) -> SubmitVerdict {
        if let known = contents.tasks[submission.id], flaw != .takesSubmissionsTwice {
            return known.record.namespace == submission.namespace ? .existing(known.record) : .refused(.idTaken)
        }
        if let earlier = earlier(submission) {
            guard submission.origin.objectName != nil, earlier.record.state == .succeeded else {
                return .existing(earlier.record)
            }
            let transition = machine.adopt(submission, from: earlier.record, at: now)
            return .adopted(insert(transition, input: submission.input, result: earlier.result))
        }
        let live = contents.tasks.values.count { $0.record.namespace == submission.namespace && !$0.record.state.isEnd }
        guard live < machine.policy.maxLiveTasks else {
            return .refused(.queueFull(limit: machine.policy.maxLiveTasks))
        }
        return .created(insert(machine.admit(submission, at: now), input: submission.input))
    }

    private func earlier(_ submission: Submission) -> MachineStore.Task? {
        guard let key = submission.dedupKey else { return nil }
        return contents.order.lazy.compactMap { contents.tasks[$0] }.first { task in
            let record = task.record
            return record.namespace == submission.namespace && record.dedupKey == key
                && record.type == submission.type && record.state != .failed && record.state != .cancelled
        }
    }
}
