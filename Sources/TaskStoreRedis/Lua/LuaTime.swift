extension Lua {
    /// What time has made due, and what is older than its retention: at most `limit` of each. Arguments: limit, retentions, and
    /// what time it was when this was asked for.
    static let reap = """
        local limit, keep = tonumber(ARGV[2]), unpacked(ARGV[3])
        local number, expired = 0, 0
        -- The server stalled with this call in hand, and heartbeats with it, or its clock has leapt.
        if now - tonumber(ARGV[4]) > POLICY.heartbeat then
          recoverAll()
          finish()
          return { 0, 0, 0, nextTime() or false, text(now) }
        end
        local dues = call('ZRANGEBYSCORE', P .. 'due', '-inf', text(now), 'LIMIT', 0, limit)
        for _, entry in ipairs(dues) do
          local r = load(idOf(entry))
          if r then
            local _, _, hasChanged, how = apply(r, tick)
            if hasChanged then number = number + 1 end
            if how == 'expired' or how == 'unacknowledged' then expired = expired + 1 end
          else
            call('ZREM', P .. 'due', entry)
          end
        end

        """

    static let forget = """
        local function forget(id, list)
          local r = load(id)
          call('ZREM', list, id)
          if not r then return end
          -- An earlier release had those that failed among the others.
          if list ~= endedList(r.st) then return call('ZADD', endedList(r.st), text(r.fin), id) end
          call('UNLINK', P .. 't:' .. id, P .. 'i:' .. id, P .. 'r:' .. id, P .. 'k:' .. id, P .. 'O:' .. id)
          call('ZREM', P .. 'n:' .. r.ns, id)
          if r.dedup then call('ZREM', dedupKey(r.ns, r.type, r.dedup), member(r)) end
          if r.bt then refer(r, -1) end
          local group = groupOf(id)
          if group and r.st == 'f' then call('ZREM', P .. 'Z:' .. group, id) end
        end
        for st, time in pairs({ s = keep[1], f = keep[4] }) do
          local list = endedList(st)
          for _, id in ipairs(call('ZRANGEBYSCORE', list, '-inf', '(' .. text(now - time), 'LIMIT', 0, limit)) do
            -- One whose end is not written comes back when it is, and an item when its group may be over.
            local kept = keptUntil(id, time)
            if call('ZSCORE', P .. 'pending', id) then call('ZREM', list, id)
            elseif kept then call('ZADD', list, text(kept), id)
            else forget(id, list) end
          end
        end

        for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'seen', '-inf', '(' .. text(now - keep[2]), 'LIMIT', 0, limit)) do
          if call('EXISTS', P .. 'l:' .. id) == 0 then
            local agent = call('HMGET', P .. 'g:' .. id, 'ns', 'swarm', 'name', 'pod', 'gone')
            if agent[1] then
              local swarm = agent[1] .. '/' .. agent[2]
              call('ZREM', P .. 'p:' .. swarm, id)
              if call('HGET', P .. 'm:' .. swarm, agent[3]) == id then call('HDEL', P .. 'm:' .. swarm, agent[3]) end
              if agent[4] then call('SREM', P .. 'u:' .. agent[4], id) end
              call('DEL', P .. 'g:' .. id)
              if not agent[5] then tell('agentGone', agent[1], agent[2], nil, nil, nil, id) end
            end
            call('ZREM', P .. 'seen', id)
          end
        end

        local ancient = now - keep[3]
        for _ = 1, min(limit, 64) do
          local oldest = call('LINDEX', P .. 'attempted', 0)
          oldest = oldest and unpacked(oldest)
          if not oldest or oldest[1] >= ancient then break end
          call('LPOP', P .. 'attempted')
          call('LPOP', P .. 'a:' .. oldest[2])
        end
        for _, swarm in ipairs(call('ZRANGEBYSCORE', P .. 'swarms', '-inf', '(' .. text(ancient), 'LIMIT', 0, 4)) do
          if call('EXISTS', P .. 'e:' .. swarm) == 0 then
            for _, kind in ipairs({ 'o:', 'v:', 'c:', 'b:', 's:', 'j:' }) do call('UNLINK', P .. kind .. swarm) end
            call('ZREM', P .. 'swarms', swarm)
          else
            call('ZADD', P .. 'swarms', text(now), swarm)
          end
        end
        forgetFailures(ancient)
        forgetGroups(now - max(keep[1], keep[4]))
        local last
        for _, entry in ipairs(call('XRANGE', P .. 'feed', '-', '+', 'COUNT', 64)) do
          if unpacked(entry[2][2])[1] < ancient then last = tonumber(string.match(entry[1], '^%d+')) end
        end
        if last then prune(last) end
        finish()
        return { #dues, number, expired, nextTime() or false, text(now) }
        """

    static let nextTime = """
        local function nextTime()
          local tasks = call('ZRANGE', P .. 'due', 0, 0, 'WITHSCORES')[2]
          local keys = call('ZRANGE', P .. 'keydue', 0, 0, 'WITHSCORES')[2]
          if tasks and keys then return tonumber(keys) < tonumber(tasks) and keys or tasks end
          return tasks or keys
        end

        """

    static let nextDue = "return { text(now), nextTime() or false }\n"
}
