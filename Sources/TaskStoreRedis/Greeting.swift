import TaskQueue

/// What is said on each new connection before anything else: who we are, and which database.
struct Greeting {
    private let location: RedisLocation

    init(_ location: RedisLocation) { self.location = location }

    func introduce(_ connection: inout HiredisConnection, within limit: Duration) throws(RedisFailure) {
        var commands: [RedisCommand] = []
        if let password = location.password {
            commands.append(
                location.user.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password))
        }
        commands.append(RedisCommand("CLIENT", "SETNAME", "das"))
        if location.database != 0 { commands.append(RedisCommand("SELECT", String(location.database))) }
        for reply in try connection.exchange(commands, within: limit) {
            // A user who may not name connections may do what matters all the same.
            if case .error(let text) = reply, !(text.hasPrefix("NOPERM") && text.contains("client")) {
                throw .refused(text)
            }
        }
    }
}
