extension Lua {
    /// What is run on each new connection: sets up a store without data, and finds out whether this server has forgotten
    /// something or nobody could give a sign of life for a while.
    ///
    /// A server that was started anew may have lost its last writes, and with them numbers of the feed that were read already. The feed's
    /// numbers therefore go on from the wall clock (2²⁰ for each second), beyond whatever was given out: a reader from before is told
    /// that it has missed something. So do the epochs of leases (2¹⁰ for each second), so that none is given out twice.
    ///
    /// Arguments: format, and the highest cursor known here.
    static let attach = """
        #!lua
        do
          local STATE = KEYS[1] .. 'state'
          local format, highest = tonumber(ARGV[2]), tonumber(ARGV[3])
          local known = redis.call('HMGET', STATE, 'format', 'run', 'cursor')
          if known[1] and tonumber(known[1]) > format then return redis.error_reply('NEWER ' .. known[1]) end
          local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
          if known[2] ~= run or highest > tonumber(known[3]) then
            local second = tonumber(redis.call('TIME')[1])
            local cursor = math.max(tonumber(known[3] or '0') + 1, highest + 1, second * 1048576)
            local first = string.format('%.0f', cursor)
            redis.call('HSET', STATE, 'run', run, 'cursor', first, 'era', first, 'format', format)
            redis.call('HSETNX', STATE, 'time', '0')
            redis.call('HSETNX', STATE, 'ahead', '0')
            redis.call('HSETNX', STATE, 'sequence', '0')
            redis.call('HSETNX', STATE, 'pruned', first)
            redis.call('HSETNX', STATE, 'begun', first)
            redis.call('HSET', STATE, 'beat', '0')
            if known[3] then redis.call('HSET', STATE, 'epochs', string.format('%.0f', second * 1024)) end
          end
        end

        """

    static let recovery = """
        local function recover(r)
          if r.st ~= 'l' then return end
          local until_ = now + POLICY.lease
          if r.lex >= until_ and r.lto >= until_ and (not r.cf or r.cf >= until_) then return end
          r.lex, r.lto, r.cf = max(r.lex, until_), max(r.lto, until_), r.cf and max(r.cf, until_)
          changed = true
        end

        -- Nobody could give a sign of life: live leases get a full period.
        local function recoverAll()
          local recovered = 0
          for _, id in ipairs(call('ZRANGE', P .. 'seen', 0, -1)) do
            for _, held in ipairs(call('ZRANGE', P .. 'l:' .. id, 0, -1)) do
              local r = load(idOf(held))
              if r then
                apply(r, recover)
                recovered = recovered + 1
              end
            end
          end
          call('HSET', STATE, 'beat', text(now))
          return recovered
        end

        """

    static let recover = """
        local others = call('PUBSUB', 'NUMSUB', P .. 'hints')[2]
        local silence = now - tonumber(call('HGET', STATE, 'beat'))
        local recovered = 0
        if tonumber(others) == 0 or silence > POLICY.heartbeat then recovered = recoverAll() end
        finish()
        return { text(now), text(ahead), text(cursor), recovered }
        """
}
