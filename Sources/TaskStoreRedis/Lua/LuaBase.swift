/// The parts that scripts are made of. Each script is a header, some of these parts and its own last one.
///
/// The machine in Lua is a second telling of `TaskMachine`, which is the specification: random traces through both must agree.
/// Numbers are doubles, so that times and cursors are exact up to 2⁵³; what may be larger (digests, tokens) travels as bytes.
enum Lua {
    /// Refused whole where Redis cannot write: out of memory, a replica, a disk that failed.
    static let writing = "#!lua\n"
    static let reading = "#!lua flags=no-writes\n"

    /// Arguments: the prefix of all keys, and the call's context as MessagePack.
    ///
    /// `now` is the store's time: the server's or the one passed in, set forward by what is needed that it never falls.
    static let base = """
        local P, C = KEYS[1], cmsgpack.unpack(ARGV[1])
        local call, pack, unpacked = redis.call, cmsgpack.pack, cmsgpack.unpack
        local STATE = P .. 'state'
        local min, max, floor = math.min, math.max, math.floor
        -- Of whole numbers, as all are: several times as fast as for a double.
        local function text(number) return string.format('%d', number) end

        local state = call('HMGET', STATE, 'time', 'ahead', 'cursor', 'sequence', 'pruned', 'turn', 'epochs')
        if not state[3] then return redis.error_reply('DETACHED the task store has no data') end
        local now, ahead = C[1], tonumber(state[2])
        if not now then
          local time = call('TIME')
          now = tonumber(time[1]) * 1000 + floor(tonumber(time[2]) / 1000)
        end
        now = now + ahead
        if now < tonumber(state[1]) then
          ahead = ahead + tonumber(state[1]) - now
          now = tonumber(state[1])
        end

        """

    /// The feed, and what a writing script notes at its end.
    static let feed = """
        local cursor, sequence, pruned = tonumber(state[3]), tonumber(state[4]), tonumber(state[5])
        local firstCursor = cursor

        local function tell(kind, namespace, swarm, task, object, status, agent, asked, bytes)
          cursor = cursor + 1
          call('XADD', P .. 'feed', text(cursor) .. '-0', 'e', pack({
            now, kind, namespace, swarm, task or false, object or false, status or false, agent or false, asked or false,
            bytes or false }))
          -- An end of a SwarmTask's task stays until the operator has written it.
          if kind == 'finished' and object then call('ZADD', P .. 'pending', text(cursor), task) end
        end

        -- Removes what was told up to `through`, but for ends that are not written: those are set aside.
        local function prune(through)
          through = min(through, cursor)
          if through <= pruned then return end
          local pending = call('ZRANGEBYSCORE', P .. 'pending', '(' .. text(pruned), text(through), 'WITHSCORES')
          for index = 1, #pending, 2 do
            local at = text(tonumber(pending[index + 1])) .. '-0'
            local entry = call('XRANGE', P .. 'feed', at, at)[1]
            if entry then call('HSET', P .. 'kept', pending[index], entry[2][2]) end
          end
          call('XTRIM', P .. 'feed', 'MINID', text(through + 1) .. '-0')
          pruned = through
          call('HSET', STATE, 'pruned', text(pruned))
        end

        -- Notes time and numbers, and hints to everyone that the feed has grown.
        local isFinished = false
        local function finish()
          isFinished = true
          call('HSET', STATE, 'time', text(now), 'ahead', text(ahead), 'cursor', text(cursor), 'sequence', text(sequence))
          if cursor > firstCursor then call('PUBLISH', P .. 'hints', text(cursor)) end
        end

        """

    /// The end of a script that writes: what has been done when an error ends it is kept whole, numbers and indexes included.
    static func guarded(_ body: String) -> String {
        """
        local function main()
        \(body)
        end
        local isDone, reply = pcall(main)
        if isDone then return reply end
        if not isFinished then finish() end
        return redis.error_reply('CORRUPT ' .. (type(reply) == 'table' and reply.err or tostring(reply)))
        """
    }
}
