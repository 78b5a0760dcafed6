import TaskQueue
import Testing

@testable import TaskStoreRedis

@Suite struct RedisLocationTests {
    @Test("A store URL names host, port, database, user, password and the name of the keys")
    func reads() throws {
        let full = try RedisLocation("redis://das:p%40ss%2Fword@redis.example:6380/3?name=team-a")
        #expect(full.endpoint == .tcp(host: "redis.example", port: 6380))
        #expect(full.database == 3)
        #expect(full.user == "das" && full.password == "p@ss/word")
        #expect(full.prefix == "das:{team-a}:")
        let short = try RedisLocation("redis://localhost")
        #expect(short == RedisLocation(endpoint: .tcp(host: "localhost", port: 6379)))
        #expect(try RedisLocation("redis://:secret@h").password == "secret")
        #expect(try RedisLocation("redis://[::1]:7").endpoint == .tcp(host: "::1", port: 7))
        let socket = try RedisLocation("redis+unix:///run/redis.sock?database=2&name=x")
        #expect(socket.endpoint == .unix(path: "/run/redis.sock") && socket.database == 2 && socket.name == "x")
    }

    @Test("What is shown of a location reads back as it, without its password")
    func shows() throws {
        for url in ["redis://h:1/0", "redis://u@h:1/5?name=n", "redis://[::1]:6379/0", "redis+unix:///a/b?database=1"] {
            #expect(try RedisLocation(url).description == url)
        }
        #expect(try RedisLocation("redis://u:secret@h").description == "redis://u@h:6379/0")
    }

    @Test(
        "A store URL that cannot be is refused with what is wrong, and without its password",
        arguments: [
            ("rediss://u:secret@h", "TLS sidecar"), ("redis://u:secret@", "names no host"),
            ("redis://u:secret@h:0", "port"), ("redis://u:secret@h:x", "port"), ("redis://u:secret@h/x", "database"),
            ("redis://u:secret@h?color=red", "color"), ("redis://u:secret@h?name=a%20b", "name"),
            ("redis://u:secret%zz@h", "hexadecimal"), ("redis+unix://u:secret@h", "absolute"),
            ("mysql://u:secret@h", "scheme"), ("redis:h", "redis://"),
        ])
    func refuses(url: String, reason: String) {
        let error = #expect(throws: TaskStoreError.self) { try RedisLocation(url) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("secret") == false)
    }

    @Test("The server's own words decide whether it can be used, and what its answers are worth")
    func readsFacts() throws {
        func facts(_ version: String, fsync: RedisReply = .error("NOPERM"), aof: Int = 1) throws -> ServerFacts {
            let info = "# Server\r\nredis_version:\(version)\r\nmaxmemory_policy:noeviction\r\naof_enabled:\(aof)\r\n"
            return try ServerFacts([.bytes(Array(info.utf8)), fsync, .error("NOPERM")])
        }
        let place = try RedisLocation("redis://h")
        let error = try #require(
            #expect(throws: TaskStoreError.self) { try facts("6.2.14").check(place) })
        #expect(error.message.contains("6.2.14") && error.message.contains("needs 7 or later"))
        try facts("7.0.15").check(place)
        try facts("10.1.0").check(place)
        func setting(_ value: String) -> RedisReply {
            .array([.bytes(Array("appendfsync".utf8)), .bytes(Array(value.utf8))])
        }
        #expect(try facts("7.0.0", fsync: setting("always")).durability == .always)
        #expect(try facts("7.0.0", fsync: setting("everysec")).durability == .everySecond)
        #expect(try facts("7.0.0", fsync: setting("no")).durability == .operatingSystem)
        #expect(try facts("7.0.0").durability == .unknown)
        #expect(try facts("7.0.0", aof: 0).durability == .none(hasSnapshots: false))
    }
}
