package import TaskQueue

// The change feed, the catalogue and the ledger.
extension MachineStore {
    package func changes(after cursor: Int64, limit: Int) async throws -> ChangePage {
        read { contents in
            // The feed rises: most readers want its end.
            let start = contents.feed.partitioningIndex { $0.cursor > cursor }
            let page = contents.feed[start...].prefix(min(max(limit, 1), 10_000))
            return ChangePage(
                changes: Array(page), cursor: page.last?.cursor ?? cursor, isTruncated: cursor < contents.pruned)
        }
    }

    package func changeCursor() async throws -> Int64 { read(\.cursor) }

    package func acknowledge(consumer: String, through cursor: Int64) async throws {
        change { call in
            call.contents.consumers[consumer] = max(call.contents.consumers[consumer] ?? 0, cursor)
            if let lowest = call.contents.consumers.values.min() { call.pruneFeed(through: lowest) }
        }
    }

    package func acknowledged(by consumer: String) async throws -> Int64 { read { $0.consumers[consumer] ?? 0 } }

    package func acknowledgeOutcomes(of tasks: [TaskID]) async throws {
        change { call in
            call.contents.pendingOutcomes.subtract(tasks)
            call.forgetPruned()
        }
    }

    package func putCatalogue(_ entry: CatalogueEntry) async throws {
        change { call in
            guard call.contents.entry(namespace: entry.namespace, swarm: entry.swarm) != entry else { return }
            call.contents.catalogue.removeAll { $0.namespace == entry.namespace && $0.swarm == entry.swarm }
            call.contents.catalogue.append(entry)
            call.contents.catalogue.sort { ($0.namespace, $0.swarm) < ($1.namespace, $1.swarm) }
            call.feed(.catalogue, namespace: entry.namespace, swarm: entry.swarm)
        }
    }

    package func removeCatalogue(namespace: String, swarm: String) async throws {
        change { call in
            guard call.contents.entry(namespace: namespace, swarm: swarm) != nil else { return }
            call.contents.catalogue.removeAll { $0.namespace == namespace && $0.swarm == swarm }
            call.feed(.catalogue, namespace: namespace, swarm: swarm)
        }
    }

    package func catalogue() async throws -> [CatalogueEntry] { read(\.catalogue) }

    package func attempts(of task: TaskID) async throws -> [AttemptRecord] {
        read { contents in contents.attempts.filter { $0.task == task } }
    }

    package func recordDecision(_ decision: DecisionRecord) async throws {
        change { $0.contents.decisions.append(decision) }
    }

    package func decisions(namespace: String, swarm: String, limit: Int) async throws -> [DecisionRecord] {
        read { contents in
            Array(
                contents.decisions.reversed().filter { $0.namespace == namespace && $0.swarm == swarm }.prefix(limit))
        }
    }

    package func failureGroups(namespace: String, swarm: String?, limit: Int) async throws -> [FailureGroup] {
        read { contents in
            let groups = contents.failures.filter { group in
                group.namespace == namespace && (swarm.map { group.swarm == $0 } ?? true)
            }.sorted { left, right in
                (right.count, right.last, left.swarm, left.fingerprint.code, left.fingerprint.pattern)
                    < (left.count, left.last, right.swarm, right.fingerprint.code, right.fingerprint.pattern)
            }
            return Array(groups.prefix(limit))
        }
    }

    package func outcomes(namespace: String, swarm: String, limit: Int) async throws -> [OutcomeRecord] {
        read { contents in
            Array(contents.outcomes.reversed().filter { $0.namespace == namespace && $0.swarm == swarm }.prefix(limit))
        }
    }
}

extension Array {
    /// The first index whose element, and all after it, fulfil `belongs`.
    fileprivate func partitioningIndex(_ belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
