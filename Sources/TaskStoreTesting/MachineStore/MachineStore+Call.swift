import TaskQueue

extension MachineStore {
    /// One call on the contents, at one moment.
    struct Call {
        var contents: Contents
        let machine: TaskMachine
        let flaw: Flaw?
        let now: StoreTime

        /// Applies `event` to a task that is there, and stores what comes of it.
        @discardableResult
        mutating func apply(_ event: TaskEvent, to id: TaskID) -> TaskTransition {
            guard let task = contents.tasks[id] else { preconditionFailure("no task \(id)") }
            return apply(event, to: id, as: task.record)
        }

        /// - Parameter record: what the caller takes the task to be.
        @discardableResult
        mutating func apply(_ event: TaskEvent, to id: TaskID, as record: TaskRecord) -> TaskTransition {
            let transition =
                flaw?.apply(event, to: record, machine, at: now)
                ?? machine.apply(event, to: record, at: now)
            return settle(record, transition) { call, transition in call.store(transition, of: record) }
        }

        /// Puts a new task in. Answers it as it is then.
        mutating func insert(_ transition: TaskTransition, input: [UInt8], result: [UInt8]? = nil) -> TaskRecord {
            settle(nil, transition) { call, transition in
                let id = transition.record.id
                call.contents.lastSequence += 1
                call.contents.tasks[id] = Task(
                    sequence: call.contents.lastSequence, record: transition.record, input: input, result: result)
                call.contents.order.append(id)
                call.noteGroup(nil, transition.record)
                call.log(transition)
            }.record
        }

        mutating func store(_ transition: TaskTransition, of before: TaskRecord) {
            let id = transition.record.id
            contents.tasks[id]?.record = transition.record
            if transition.record.state.isEnd, !before.state.isEnd { contents.tasks[id]?.checkpoint = nil }
            noteGroup(before, transition.record)
            log(transition)
        }

        /// Ledger and feed.
        private mutating func log(_ transition: TaskTransition) {
            let record = transition.record
            if let attempt = transition.attempt, flaw != .forgetsExpiredAttempts || attempt.end != .expired {
                contents.attempts.append(attempt)
            }
            if let outcome = transition.outcome { contents.outcomes.append(outcome) }
            if let group = FailureGroup(transition) { join(group) }
            for kind in transition.changes {
                if flaw == .feedSkips, kind == .ready, record.epoch > 0 { continue }
                feed(
                    kind, namespace: record.namespace, swarm: record.swarm, task: record.id,
                    object: record.origin.objectName, state: record.state, agent: record.lastLease?.agent,
                    work: Change.WorkKind(record))
                if kind == .submitted || kind == .leased || kind == .finished {
                    contents.activity["\(record.namespace)/\(record.swarm)"] = now
                }
            }
        }

        private mutating func join(_ group: FailureGroup) {
            let index = contents.failures.firstIndex {
                $0.namespace == group.namespace && $0.swarm == group.swarm && $0.fingerprint == group.fingerprint
            }
            if let index {
                contents.failures[index] = contents.failures[index].joined(by: group)
            } else {
                contents.failures.append(group)
            }
        }

        mutating func feed(
            _ kind: Change.Kind, namespace: String, swarm: String, task: TaskID? = nil, object: String? = nil,
            state: TaskState? = nil, agent: AgentID? = nil, work: Change.WorkKind? = nil
        ) {
            contents.cursor += 1
            contents.feed.append(
                Change(
                    cursor: contents.cursor, time: now, kind: kind, namespace: namespace, swarm: swarm, task: task,
                    object: object, state: state, agent: agent, work: work))
            if kind == .finished, object != nil, let task { contents.pendingOutcomes.insert(task) }
        }

        mutating func feed(_ kind: Change.Kind, of agent: AgentRecord) {
            feed(
                kind, namespace: agent.registration.namespace, swarm: agent.registration.swarm, agent: agent.id)
        }

        mutating func pruneFeed(through cursor: Int64) {
            if contents.pruned >= cursor { return }
            contents.pruned = cursor
            forgetPruned()
        }

        /// Entries that every reader has passed can go, but for ends that nobody has written yet.
        mutating func forgetPruned() {
            let (pruned, pending) = (contents.pruned, contents.pendingOutcomes)
            contents.feed.removeAll { entry in
                guard entry.cursor <= pruned else { return false }
                return entry.kind != .finished || !(entry.task.map(pending.contains) ?? false)
            }
        }
    }
}
