extension Lua {
    static let changes = """
        local after, limit, pruned = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(state[5])
        local found = {}
        if after < pruned then
          local pending = call(
            'ZRANGEBYSCORE', P .. 'pending', '(' .. text(after), text(pruned), 'WITHSCORES', 'LIMIT', 0, limit)
          for index = 1, #pending, 2 do
            local entry = call('HGET', P .. 'kept', pending[index])
            if entry then found[#found + 1] = { pending[index + 1], entry } end
          end
        end
        if #found < limit then
          local entries = call('XRANGE', P .. 'feed', '(' .. text(after) .. '-0', '+', 'COUNT', limit - #found)
          for _, entry in ipairs(entries) do found[#found + 1] = { string.match(entry[1], '^%d+'), entry[2][2] } end
        end
        local marks = call('HMGET', STATE, 'begun', 'era')
        local isTruncated
        if after == 0 then isTruncated = pruned ~= tonumber(marks[1])
        else isTruncated = after < max(pruned, tonumber(marks[2])) end
        return { found, isTruncated and 1 or 0 }
        """

    static let changeCursor = "return state[3]\n"

    static let acknowledge = """
        local consumers, through = P .. 'consumers', tonumber(ARGV[3])
        local before = tonumber(call('HGET', consumers, ARGV[2]) or '-1')
        if through > before then call('HSET', consumers, ARGV[2], text(through)) end
        local lowest
        for _, cursor in ipairs(call('HVALS', consumers)) do lowest = min(lowest or tonumber(cursor), tonumber(cursor)) end
        prune(lowest)
        finish()
        """

    static let acknowledged = "return call('HGET', P .. 'consumers', ARGV[2])\n"

    static let acknowledgeOutcomes = """
        for index = 2, #ARGV do
          local id = ARGV[index]
          if call('ZREM', P .. 'pending', id) == 1 then
            call('HDEL', P .. 'kept', id)
            local r = load(id)
            if r and ENDED[r.st] then call('ZADD', endedList(r.st), text(r.fin), id) end
          end
        end
        finish()
        """

    /// Arguments: namespace, swarm, entry, and the part of it that the lease statement needs.
    static let putCatalogue = """
        local swarm = ARGV[2] .. '/' .. ARGV[3]
        if call('HGET', P .. 'catalogue', swarm) == ARGV[4] then return end
        call('HSET', P .. 'catalogue', swarm, ARGV[4])
        call('HSET', P .. 'serving', swarm, ARGV[5])
        tell('catalogue', ARGV[2], ARGV[3])
        finish()
        """

    static let removeCatalogue = """
        local swarm = ARGV[2] .. '/' .. ARGV[3]
        if call('HDEL', P .. 'catalogue', swarm) == 0 then return end
        call('HDEL', P .. 'serving', swarm)
        tell('catalogue', ARGV[2], ARGV[3])
        finish()
        """

    static let catalogue = "return call('HVALS', P .. 'catalogue')\n"

    static let recordDecision = """
        local swarm = ARGV[2]
        call('LPUSH', P .. 'c:' .. swarm, ARGV[3])
        call('LTRIM', P .. 'c:' .. swarm, 0, 999)
        call('ZADD', P .. 'swarms', text(now), swarm)
        finish()
        """

    static let readList = "return call('LRANGE', P .. ARGV[2], 0, ARGV[3])\n"

    static let summary = """
        local swarm = ARGV[2]
        local counts = call('HMGET', P .. 's:' .. swarm, 'r', 'l', 'd', 'h', 'last')
        local function head(key) return call('ZRANGE', key, 0, 0, 'WITHSCORES')[2] or false end
        local oldest
        for _, type in ipairs(call('SMEMBERS', P .. 'j:' .. swarm)) do
          local first = head(P .. 'w:' .. swarm .. '/' .. type)
          if first and (not oldest or tonumber(first) < oldest) then oldest = tonumber(first) end
        end
        local arrivals, seconds = 0, call('HGETALL', P .. 'b:' .. swarm)
        for index = 1, #seconds, 2 do
          if tonumber(seconds[index]) * 1000 > now - 60000 then arrivals = arrivals + tonumber(seconds[index + 1]) end
        end
        local total, times = 0, call('LRANGE', P .. 'v:' .. swarm, 0, 49)
        for _, time in ipairs(times) do total = total + tonumber(time) end
        local agents = {}
        for index, id in ipairs(call('ZRANGE', P .. 'p:' .. swarm, 0, -1)) do
          agents[index] = { agentReply(id), call('ZCARD', P .. 'l:' .. id) }
        end
        return {
          text(now), counts[1] or '0', counts[2] or '0', counts[3] or '0', counts[4] or '0', oldest and text(oldest) or false,
          head(P .. 'd:' .. swarm), text(arrivals), #times > 0 and text(floor(total / #times)), counts[5], agents }
        """
}
