import CHiredis
import Glibc

/// A connection of hiredis that never blocks once it is there, but where `exchange` says so. It belongs to one thread.
struct HiredisConnection: ~Copyable {
    /// A peer that acknowledges nothing for this long is gone.
    private static let peerTimeoutSeconds: Int32 = 10

    private let context: UnsafeMutablePointer<redisContext>
    /// Whether bytes wait to be written.
    private(set) var hasOutput = false

    var descriptor: Int32 { context.pointee.fd }

    /// Connects; blocks for at most `timeout`, for each address of the host.
    init(to endpoint: RedisLocation.Endpoint, timeout: Duration) throws(RedisFailure) {
        let (seconds, attoseconds) = timeout.components
        let limit = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        let made =
            switch endpoint {
            case .tcp(let host, let port): redisConnectWithTimeout(host, Int32(port), limit)
            case .unix(let path): redisConnectUnixWithTimeout(path, limit)
            }
        guard let made else { throw .unreachable("no memory") }
        guard made.pointee.err == 0 else {
            let reason = Self.reason(made)
            redisFree(made)
            throw .unreachable(reason)
        }
        context = made
        if case .tcp = endpoint { Self.watchPeer(made.pointee.fd) }
        // hiredis sets time-outs on the socket for its blocking mode; what follows polls.
        let flags = fcntl(made.pointee.fd, F_GETFL)
        _ = fcntl(made.pointee.fd, F_SETFL, flags | O_NONBLOCK)
        _ = fcntl(made.pointee.fd, F_SETFD, FD_CLOEXEC)
        made.pointee.flags &= ~REDIS_BLOCK
    }

    deinit { redisFree(context) }

    /// Puts a command behind those that are still to be written.
    mutating func append(_ command: [UInt8]) throws(RedisFailure) {
        let status = command.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                redisAppendFormattedCommand(context, $0.baseAddress, $0.count)
            }
        }
        guard status == REDIS_OK else { throw .lost(Self.reason(context)) }
        hasOutput = true
    }

    /// Writes as much as the socket takes.
    mutating func flush() throws(RedisFailure) {
        guard hasOutput else { return }
        var isDone: Int32 = 0
        guard redisBufferWrite(context, &isDone) == REDIS_OK else { throw .lost(Self.reason(context)) }
        hasOutput = isDone == 0
    }

    /// Reads what has come.
    mutating func receive() throws(RedisFailure) {
        guard redisBufferRead(context) == REDIS_OK else { throw .lost(Self.reason(context)) }
    }

    /// The next whole reply among what was read.
    mutating func next() throws(RedisFailure) -> RedisReply? {
        var raw: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(context, &raw) == REDIS_OK else { throw .lost(Self.reason(context)) }
        guard let raw else { return nil }
        defer { freeReplyObject(raw) }
        return RedisReply(raw.assumingMemoryBound(to: redisReply.self))
    }

    /// Sends commands and waits for their replies, with the thread.
    mutating func exchange(_ commands: [RedisCommand], within limit: Duration) throws(RedisFailure) -> [RedisReply] {
        let deadline = ContinuousClock.now + limit
        for command in commands { try append(command.bytes) }
        var replies: [RedisReply] = []
        while true {
            try flush()
            while replies.count < commands.count, let reply = try next() { replies.append(reply) }
            if replies.count == commands.count { return replies }
            try wait(until: deadline)
            try receive()
        }
    }

    private func wait(until deadline: ContinuousClock.Instant) throws(RedisFailure) {
        var interest = pollfd(
            fd: descriptor, events: Int16(POLLIN) | (hasOutput ? Int16(POLLOUT) : 0), revents: 0)
        let left = deadline - .now
        guard left > .zero, poll(&interest, 1, left.pollMilliseconds) > 0 else {
            throw .lost("it did not answer in time")
        }
    }

    /// Sees to it that a peer that is gone is noticed, whether or not bytes are on the way to it.
    private static func watchPeer(_ descriptor: Int32) {
        func set(_ level: Int32, _ option: Int32, _ value: Int32) {
            var value = value
            _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, peerTimeoutSeconds)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 3)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
        set(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, peerTimeoutSeconds * 1000)
    }

    private static func reason(_ context: UnsafeMutablePointer<redisContext>) -> String {
        withUnsafeBytes(of: context.pointee.errstr) { raw in
            String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

extension Duration {
    /// For `poll`: rounded up, so that it does not return too early.
    var pollMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        if seconds >= 1_000_000 { return 1_000_000_000 }
        return Int32(max(seconds, 0) * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

extension RedisReply {
    fileprivate init(_ reply: UnsafeMutablePointer<redisReply>) {
        let reply = reply.pointee
        switch reply.type {
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_STRING: self = .bytes(Self.bytes(reply))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: Self.bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: Self.bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            self = .array(
                (0..<Int(reply.elements)).map { index in reply.element[index].map(RedisReply.init(_:)) ?? .none })
        default: self = .none
        }
    }

    private static func bytes(_ reply: redisReply) -> [UInt8] {
        guard let text = reply.str, reply.len > 0 else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: text, count: reply.len))
    }
}
