import TaskQueue

extension Lua {
    /// The lease statement, and what agents say of their leases.
    static let leases = """
        local function leased(r)
          return { rawOf(r), call('GET', P .. 'i:' .. r.id), r.ck and call('GET', P .. 'k:' .. r.id) }
        end

        -- Holds a ready task that a lease has found its key to have no room for.
        local function holdForKey(r, key)
          begin()
          local was = placed(r)
          hold(r, reasonOf(key))
          save(r, was)
          countKey(key, was.own, was.st, was.holds, -1)
          countKey(key, r.swarm, r.st, r.holds, 1)
        end

        -- The lease statement: ready tasks of the agent's swarm and types, in order, as many as fit.
        local function grant(agent, id, request, tokens, mostBytes)
          local entry = call('HGET', P .. 'serving', agent[1] .. '/' .. agent[2])
          if not entry then return {} end
          entry = unpacked(entry)
          if entry[1] then return {} end
          local types = entry[2]
          local own = unpacked(agent[5])
          if #own > 0 then
            local known, both = {}, {}
            for _, type in ipairs(own) do known[type] = true end
            for _, type in ipairs(types) do if known[type] then both[#both + 1] = type end end
            types = both
          end
          local slots = min(#tokens, tonumber(agent[4]))
          if slots <= 0 or #types == 0 then return {} end
          local granted, bytes = {}, 0
          while #granted < slots do
            local r = nextReady(agent[1] .. '/' .. agent[2], types)
            if not r or (#granted > 0 and bytes + r.inb > mostBytes) then break end
            local key = r.ckey and standing(r.ns, r.ckey)
            if key and allowance(key) == 0 then
              holdForKey(r, key)
            -- One whose deadline has just passed ends and makes room for another.
            elseif apply(r, lease, id, agent[3], tokens[#granted + 1], request) then
              takeTurn(r)
              local task = leased(r)
              bytes = bytes + #task[2] + (task[3] and #task[3] or 0)
              granted[#granted + 1] = task
            end
          end
          return granted
        end

        -- `order`: agent, request, most bytes, tokens. Answers a word, or draining mark and leases.
        local function answer(order)
          local id, request = order[1], order[2]
          local agent = call('HMGET', P .. 'g:' .. id, 'ns', 'swarm', 'name', 'slots', 'types', 'request', 'draining', 'gone')
          if not agent[1] or agent[8] then return 'unknownAgent' end
          local last = tonumber(agent[6])
          if request < last then return 'stale' end
          call('ZADD', P .. 'seen', text(now), id)
          call('HSET', P .. 'g:' .. id, 'request', text(request))
          local draining = agent[7] and 1 or 0
          if request == last then
            local unheard = {}
            for _, held in ipairs(call('ZRANGEBYSCORE', P .. 'l:' .. id, text(request), text(request))) do
              local r = load(idOf(held))
              -- Not those that are under way: their answer has arrived.
              if r and not r.lack then unheard[#unheard + 1] = leased(r) end
            end
            if #unheard > 0 then return { draining, unheard } end
          end
          if agent[7] then return { draining, {} } end
          return { draining, grant(agent, id, request, order[4], order[3]) }
        end

        local function checkpoint(r, bytes)
          call('SET', P .. 'k:' .. r.id, bytes)
          r.ck = true
        end

        local MOST_OUTPUT = \(TaskOutput.maxBytes)

        -- Adds to what attempts have written, of which the latest is kept.
        local function write(r, bytes)
          local key = P .. 'O:' .. r.id
          if call('APPEND', key, bytes) > MOST_OUTPUT then call('SET', key, call('GETRANGE', key, -MOST_OUTPUT, -1)) end
          r.wrote = (r.wrote or 0) + #bytes
        end

        """

    static let lease = """
        local reply = answer(unpacked(ARGV[2]))
        call('HSET', STATE, 'beat', text(now))
        finish()
        return reply
        """

    static let heartbeat = """
        local verdicts = {}
        local function noted(r, sign)
          local verdict, forced = beat(r, sign[2], sign[3], sign[4], sign[6])
          if verdict ~= 'lost' and sign[5] then checkpoint(r, sign[5]) end
          if verdict ~= 'lost' and sign[6] then write(r, sign[6]) end
          return verdict, forced
        end
        for index = 3, #ARGV do
          local sign = unpacked(ARGV[index])
          local r = load(sign[1])
          if r then
            local verdict, forced = apply(r, noted, sign)
            verdicts[index - 2] = { verdict, forced or false }
          else
            verdicts[index - 2] = { 'lost' }
          end
        end
        local agent = call('HMGET', P .. 'g:' .. ARGV[2], 'ns', 'draining', 'gone')
        if agent[1] then call('ZADD', P .. 'seen', text(now), ARGV[2]) end
        call('HSET', STATE, 'beat', text(now))
        finish()
        return { verdicts, agent[2] and 1 or 0, agent[1] and not agent[3] and 1 or 0 }
        """

    /// Arguments after the context: the agent, the next lease order or nothing, then pairs of a report and its bytes.
    static let report = """
        local outcomes = {}
        for index = 4, #ARGV, 2 do
          local report = unpacked(ARGV[index])
          local r = load(report[1])
          local number = (index - 4) / 2 + 1
          if r and report[4][4] and report[4][1] == 'complete' and not hasBlob(r.id, report[2], report[4]) then
            outcomes[number] = { 'unknownBlob' }
          elseif r then
            local function taken(r)
              local verdict = take(r, report[2], report[3], report[4])
              if verdict == 'accepted' then
                local kind = report[4][1]
                if kind == 'complete' and report[4][4] then
                  refer(r, 1)
                elseif kind == 'complete' then
                  call('SET', P .. 'r:' .. r.id, ARGV[index + 1])
                elseif kind == 'release' and report[5] and not ENDED[r.st] then
                  checkpoint(r, ARGV[index + 1])
                end
              end
              return verdict
            end
            local verdict = apply(r, taken)
            outcomes[number] = { verdict, verdict == 'accepted' and rawOf(r) }
          else
            outcomes[number] = { 'unknownTask' }
          end
        end
        local offer = false
        if ARGV[3] ~= '' then offer = answer(unpacked(ARGV[3])) else see(ARGV[2]) end
        call('HSET', STATE, 'beat', text(now))
        finish()
        return { outcomes, offer }
        """
}
