import TaskQueue

/// What programs on one Redis tell each other, by its channels.
struct RedisMessages: StoreMessages {
    let link: RedisLink
    let channel: String
    let heard: Broadcast<String>

    func post(_ text: String) async {
        // What cannot be told now is not worth telling later.
        _ = try? await link.send(RedisCommand("PUBLISH", channel, text))
    }

    func listen() -> AsyncStream<String> { heard.listen() }
}
