extension Lua {
    static let submit = """
        local arrivals = {}
        local function add(r, input, result)
          raws[r.id] = pack(r)
          loaded[r.id] = r
          call('SET', P .. 't:' .. r.id, raws[r.id])
          call('SET', P .. 'i:' .. r.id, input)
          if result then call('SET', P .. 'r:' .. r.id, result) end
          call('ZADD', P .. 'n:' .. r.ns, text(r.seq), r.id)
          local is = placed(r)
          enter(r, is)
          if is.due then call('ZADD', P .. 'due', text(is.due), member(r)) end
          if ENDED[r.st] then
            call('ZADD', P .. 'ended', text(now), r.id)
          else
            if r.obj then call('ZADD', P .. 'objects', text(r.seq), r.id) end
            live(is.swarm, r, 1)
            lives[r.ns] = (lives[r.ns] or 0) + 1
          end
          if r.dedup and r.st ~= 'f' and r.st ~= 'c' then
            call('ZADD', dedupKey(r.ns, r.type, r.dedup), 0, member(r))
          end
          noteGroup(r)
          arrivals[is.swarm] = (arrivals[is.swarm] or 0) + 1
          log(r)
        end

        local function insert(r, input, result)
          sequence = sequence + 1
          r.seq = sequence
          if not r.ckey or ENDED[r.st] then return add(r, input, result) end
          local key = standing(r.ns, r.ckey)
          takePlace(key, nil, r)
          add(r, input)
          rebalance(key)
        end

        local before = {}
        -- Tasks of a namespace that have not ended.
        local function liveIn(ns)
          before[ns] = before[ns] or tonumber(call('HGET', P .. 'live', ns) or '0')
          return before[ns] + (lives[ns] or 0)
        end

        -- The task whose result a submission shares: under way or succeeded.
        local function earlier(r)
          if not r.dedup then return end
          local first = call('ZRANGE', dedupKey(r.ns, r.type, r.dedup), 0, 0)[1]
          if first then return load(idOf(first)) end
        end

        -- `draft`: the record's fixed part, delay, life or false, whether suspended.
        local function submit(draft, input)
          local r, delay, life = draft[1], draft[2], draft[3]
          local known = load(r.id)
          if known then
            if known.ns ~= r.ns then return { 'idTaken' } end
            return { 'existing', rawOf(known) }
          end
          begin()
          r.prio, r.made, r.ready = bounded(r.prio), now, now + max(delay, 0)
          r.dead = life and now + max(life, 0) or nil
          r.holds = draft[4] and 1 or 0
          r.att, r.rel, r.ep = 0, 0, 0
          r.st = waiting(r)
          local first = earlier(r)
          if not first then
            if liveIn(r.ns) >= POLICY.live then return { 'queueFull' } end
            told = r.st == 'r' and { 'submitted', 'ready' } or { 'submitted' }
            insert(r, input)
            return { 'created', rawOf(r) }
          end
          if not r.obj or first.st ~= 's' then return { 'existing', rawOf(first) } end
          r.st, r.holds, r.ready, r.from, r.agent = 's', 0, now, first.id, first.agent
          r.out, r.fin, r.bt, r.be, r.bs = first.out, now, first.bt, first.be, first.bs
          if r.bt then refer(r, 1) end
          told = { 'submitted', 'finished' }
          insert(r, input, call('GET', P .. 'r:' .. first.id))
          return { 'adopted', rawOf(r) }
        end

        local reply = {}
        for index = 2, #ARGV, 2 do reply[index / 2] = submit(unpacked(ARGV[index]), ARGV[index + 1]) end
        local second = text(floor(now / 1000))
        for swarm, number in pairs(arrivals) do
          local key = P .. 'b:' .. swarm
          if call('HINCRBY', key, second, number) == number and call('HLEN', key) > 120 then
            for _, old in ipairs(call('HKEYS', key)) do
              if tonumber(old) * 1000 < now - 61000 then call('HDEL', key, old) end
            end
          end
        end
        finish()
        return reply
        """

    static let cancel = """
        local r = load(ARGV[2])
        if not r then return false end
        local order = unpacked(ARGV[3])
        apply(r, cancel, order[1], order[2], order[3])
        finish()
        return rawOf(r)
        """

    static let amend = """
        local r = load(ARGV[2])
        if not r then return false end
        local change = unpacked(ARGV[3])
        if change[1] then
          local before = r.ns .. '/' .. r.swarm
          apply(r, bind, change[1])
          local after = r.ns .. '/' .. r.swarm
          if before ~= after and r.made > now - 60000 then
            -- It arrived there.
            local second = text(floor(r.made / 1000))
            call('HINCRBY', P .. 'b:' .. before, second, -1)
            call('HINCRBY', P .. 'b:' .. after, second, 1)
          end
        end
        if change[2] then apply(r, prioritise, change[2]) end
        if change[3] == 'suspend' then apply(r, hold, 1) elseif change[3] == 'resume' then apply(r, unhold, 1) end
        finish()
        return rawOf(r)
        """

    /// What a task's attempts have written, and how much that was in all.
    static let output = """
        local r = load(ARGV[2])
        if not r or not r.wrote then return false end
        return { call('GET', P .. 'O:' .. r.id), text(r.wrote) }
        """

    /// A value by its key after the prefix.
    static let readValue = "return call('GET', P .. ARGV[2])\n"

    /// A stretch of a namespace's list, newest first: below a sequence, as far as `scan` records or `limit` matches reach. Of a group's list, the
    /// last item first, below an index.
    static let list = """
        local query = unpacked(ARGV[2])
        local ns, below, limit, scan, swarm, type, states = query[1], query[2], query[3], query[4], query[5], query[6], query[7]
        local group = query[8]
        local places
        if group then
          places = {}
          local counts = call('HMGET', P .. 'G:' .. group, 'w', 'l', 's', 'f', 'c')
          local total = 0
          for index = 1, 5 do total = total + tonumber(counts[index] or '0') end
          local first = min(below or total, total) - 1
          for item = first, max(first - scan + 1, 0), -1 do
            places[#places + 1] = group .. string.format('.%06d', item)
            places[#places + 1] = text(item)
          end
        else
          local from = below and '(' .. text(below) or '+inf'
          places = call('ZREVRANGEBYSCORE', P .. 'n:' .. ns, from, '-inf', 'WITHSCORES', 'LIMIT', 0, scan)
        end
        local found, reached = {}, false
        for index = 1, #places, 2 do
          local raw = call('GET', P .. 't:' .. places[index])
          local r = raw and unpacked(raw)
          reached = places[index + 1]
          if r and r.ns == ns and (not swarm or r.swarm == swarm) and (not type or r.type == type)
            and (not states or string.find(states, r.st, 1, true)) then
            found[#found + 1] = { places[index + 1], raw }
            if #found == limit then break end
          end
        end
        return { found, #places == scan * 2 and reached or #found == limit and reached or false }
        """

    static let liveObjects = """
        local places = call('ZRANGEBYSCORE', P .. 'objects', '(' .. ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, 500)
        local found = {}
        for index = 1, #places, 2 do
          found[#found + 1] = { places[index + 1], call('GET', P .. 't:' .. places[index]) }
        end
        return found
        """
}
