import StructuredData
import SwarmAPI
import TaskQueue

/// Reads the results of a fan-out's items, for its reduce step.
struct FanOutItemReader: Sendable {
    /// Of all items of one fan-out, in bytes of JSON.
    static let largestTotalBytes = 4 << 20
    private static let pageSize = 1000
    private static let readsAtOnce = 32

    private let store: any TaskStore
    private let reader: ResultReader

    init(store: any TaskStore) {
        self.store = store
        reader = ResultReader(store: store)
    }

    /// The results in the order of the items; `null` for one that did not succeed.
    /// - Parameter succeeded: how many of them did.
    /// - Throws: `InputProblem` where they are too large, or not kept any more.
    func results(of group: TaskID, namespace: String, total: Int, succeeded: Int) async throws -> [JSON] {
        var results = [JSON](repeating: .null, count: total)
        var bytes = 0
        var count = 0
        var query = TaskQuery(namespace: namespace, states: [.succeeded], group: group, limit: Self.pageSize)
        repeat {
            let page = try await store.tasks(query)
            count += page.tasks.count
            bytes += page.tasks.reduce(0) { $0 + ($1.resultBytes ?? 0) }
            guard bytes <= Self.largestTotalBytes else {
                throw InputProblem.invalid(
                    "the results of the items have more than \(Self.largestTotalBytes) bytes, which is the most that "
                        + "spec.fanOut.reduce can be given; leave it out, and read them from the gateway with ?parent=")
            }
            for (index, result) in try await read(page.tasks) where index < total { results[index] = result }
            query.cursor = page.cursor
        } while query.cursor != nil
        guard count == succeeded else {
            throw InputProblem.invalid(
                "the results of \(succeeded - count) of the \(succeeded) items that succeeded are not kept any more, since "
                    + "nothing has happened to the task for longer than the store keeps them")
        }
        return results
    }

    private func read(_ records: [TaskRecord]) async throws -> [(Int, JSON)] {
        try await withThrowingTaskGroup(of: (Int, JSON).self) { group in
            var rest = records[...]
            var found: [(Int, JSON)] = []
            for record in rest.prefix(Self.readsAtOnce) { group.addTask { try await read(record) } }
            rest = rest.dropFirst(Self.readsAtOnce)
            while let one = try await group.next() {
                found.append(one)
                if let record = rest.popFirst() { group.addTask { try await read(record) } }
            }
            return found
        }
    }

    private func read(_ record: TaskRecord) async throws -> (Int, JSON) {
        let index = record.id.item?.index ?? 0
        guard case .bytes(let bytes) = try await reader.result(of: record, atMost: Self.largestTotalBytes) else {
            throw InputProblem.invalid("the result of item \(index) is not kept any more")
        }
        return (index, try JSON.parse(bytes))
    }
}
