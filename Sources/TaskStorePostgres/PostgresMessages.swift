import TaskQueue

/// What programs on one database tell each other, by its notifications.
struct PostgresMessages: StoreMessages {
    let writer: StoreWriter
    let heard: Broadcast<String>

    func post(_ text: String) async {
        guard text.utf8.count <= StoreMessageLimits.bytes else { return }
        // What cannot be told now is not worth telling later.
        try? await writer.perform(Needs()) { transaction in
            _ = try transaction.rows(
                Request("SELECT pg_notify('\(FeedListener.messageChannel)', $1::text)", .text(text)))
            return {}
        }
    }

    func listen() -> AsyncStream<String> { heard.listen() }
}
