package import TaskQueue

extension RedisTaskStore {
    package func group(_ id: TaskID) async throws -> GroupSummary? {
        let most = Array(String(GroupSummary.maxFailures).utf8)
        guard case .array(let parts) = try await run(.group, [Array(id.text.utf8), most]) else { return nil }
        guard parts.count > 7 else { throw PackReader.damaged }
        func count(_ index: Int) throws -> Int { Int(clamping: try parts[index].integer()) }
        return GroupSummary(
            group: id, namespace: try parts[0].text(), created: StoreTime(milliseconds: try parts[1].integer()),
            counts: GroupCounts(
                waiting: try count(2), leased: try count(3), succeeded: try count(4), failed: try count(5),
                cancelled: try count(6)),
            failures: try parts[7].elements().compactMap { ItemFailure(try RecordCodec.record($0.bytes())) })
    }

    package func liveGroups() async throws -> [TaskID] {
        try await run(.liveGroups, []).elements().map { TaskID(try $0.text()) }
    }
}
