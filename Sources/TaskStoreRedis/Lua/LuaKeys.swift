extension Lua {
    /// `KeyStanding`: what the limit of a `concurrencyKey` does to its tasks.
    ///
    /// The hash `K:KEY` has the bucket (`full`) and the counts (`r:`, `h:`, `l:SWARM`) of a key, `limits:NAMESPACE` the limits that were
    /// set; `R:` and `H:KEY/SWARM` have its ready and held tasks by rank; `keydue` when the reaper is to look at it, `keyidle` buckets
    /// without tasks.
    static let keys = """
        local KEY_LIMITS, CONCURRENCY, RATE, MOST_MOVES = 6, 2, 4, 256
        local keys = {}

        local function isHeldForKey(st, holds) return st == 'h' and holds ~= 0 and bit.band(holds, KEY_LIMITS) == holds end

        local function standing(ns, name)
          local full = ns .. '/' .. name
          local key = keys[full]
          if key then return key end
          key = { name = full, max = 1, full = 0, places = {}, stored = {} }
          keys[full] = key
          local limit = call('HGET', P .. 'limits:' .. ns, name)
          if limit then
            limit = unpacked(limit)
            key.max, key.interval, key.burst = limit[1] or nil, limit[2] or nil, limit[3] or nil
          end
          local stored = call('HGETALL', P .. 'K:' .. full)
          for index = 1, #stored, 2 do
            local field, value = stored[index], tonumber(stored[index + 1])
            key.stored[field] = value
            if field == 'full' then
              key.full = value
            elseif field ~= 'due' then
              local swarm = string.sub(field, 3)
              key.places[swarm] = key.places[swarm] or { r = 0, h = 0, l = 0 }
              key.places[swarm][string.sub(field, 1, 1)] = value
            end
          end
          return key
        end

        local function free(key)
          if not key.max then return math.huge end
          local leased = 0
          for _, here in pairs(key.places) do leased = leased + here.l end
          return max(key.max - leased, 0)
        end

        local function absent(key) return floor((max(key.full - now * 1000, 0) + key.interval - 1) / key.interval) end

        local function tokens(key)
          if not key.interval then return math.huge end
          return max(key.burst - min(absent(key), key.burst), 0)
        end

        local function allowance(key) return min(free(key), tokens(key)) end
        local function reasonOf(key) return tokens(key) < free(key) and RATE or CONCURRENCY end

        local function countKey(key, swarm, st, holds, number)
          local kind = (st == 'r' or st == 'l') and st or isHeldForKey(st, holds) and 'h'
          if not kind then return end
          local here = key.places[swarm]
          if not here then
            here = { r = 0, h = 0, l = 0 }
            key.places[swarm] = here
          end
          here[kind] = here[kind] + number
          if here.r == 0 and here.h == 0 and here.l == 0 then key.places[swarm] = nil end
          key.isTouched = true
        end

        -- What becomes of a transition under the key's limit; counts it.
        local function takePlace(key, was, r)
          if was then countKey(key, was.own, was.st, was.holds, -1) end
          if r.st == 'r' and (not was or was.st ~= 'r' or was.own ~= r.swarm) then
            local here = key.places[r.swarm] or { r = 0, h = 0 }
            if here.h > 0 or here.r >= allowance(key) then
              r.st, r.holds = 'h', reasonOf(key)
              -- A new task has not been anything else: its submission says it all.
              local rest, isNew = {}, told[1] == 'submitted'
              for _, kind in ipairs(told) do
                if kind ~= 'ready' then rest[#rest + 1] = kind elseif not isNew then rest[#rest + 1] = 'waiting' end
              end
              told = rest
            end
          end
          countKey(key, r.swarm, r.st, r.holds, 1)
          if was and was.st == 'r' and r.st == 'l' and key.interval then
            key.full = max(key.full, now * 1000) + key.interval
          end
          key.isTouched = true
        end

        -- A swarm and why its last ready task is to be held, or nothing: its first held one is to be released.
        local function nextMove(key)
          local most, swarms = allowance(key), {}
          for swarm in pairs(key.places) do swarms[#swarms + 1] = swarm end
          if #swarms > 1 then table.sort(swarms) end
          for _, swarm in ipairs(swarms) do
            local here = key.places[swarm]
            if here.r > most then return swarm, reasonOf(key) end
            if here.r < most and here.h > 0 then return swarm end
          end
        end

        local function keyDue(key)
          if nextMove(key) then return now end
          local held = 0
          for _, here in pairs(key.places) do held = held + here.h end
          if not key.interval or held == 0 or tokens(key) >= free(key) then return end
          local missing = key.full - now * 1000
          if missing <= 0 then return end
          return floor((key.full - (min(absent(key), key.burst) - 1) * key.interval + 999) / 1000)
        end

        local function leaveKey(r, was)
          local where = r.ns .. '/' .. r.ckey .. '/' .. was.own
          if was.st == 'r' then
            call('ZREM', P .. 'R:' .. where, member(r))
          elseif isHeldForKey(was.st, was.holds) then
            call('ZREM', P .. 'H:' .. where, member(r))
          end
        end

        local function enterKey(r, is)
          local where = r.ns .. '/' .. r.ckey .. '/' .. is.own
          if is.st == 'r' then
            call('ZADD', P .. 'R:' .. where, text(is.rank), member(r))
          elseif isHeldForKey(is.st, is.holds) then
            call('ZADD', P .. 'H:' .. where, text(is.rank), member(r))
          end
        end

        local function flushKey(key)
          local hash, fields, hasTasks = P .. 'K:' .. key.name, { full = key.full, due = keyDue(key) }, false
          for swarm, here in pairs(key.places) do
            hasTasks = true
            for kind, number in pairs(here) do
              if number ~= 0 then fields[kind .. ':' .. swarm] = number end
            end
          end
          local isIdle = not hasTasks and key.full <= now * 1000
          if isIdle then fields = {} end
          for field in pairs(key.stored) do
            if not fields[field] then call('HDEL', hash, field) end
          end
          for field, value in pairs(fields) do
            if key.stored[field] ~= value then call('HSET', hash, field, text(value)) end
          end
          if fields.due ~= key.stored.due then
            if fields.due then call('ZADD', P .. 'keydue', text(fields.due), key.name) else call('ZREM', P .. 'keydue', key.name) end
          end
          if not hasTasks and not isIdle then call('ZADD', P .. 'keyidle', text(key.full), key.name) end
          key.stored, key.isTouched = fields, false
        end

        local function flushKeys()
          for _, key in pairs(keys) do
            if key.isTouched then flushKey(key) end
          end
        end

        """

    static let setLimit = """
        local ns, name, limit = ARGV[2], ARGV[3], ARGV[4]
        local limits = P .. 'limits:' .. ns
        if limit == '' and call('HEXISTS', limits, name) == 0 then return 0 end
        -- As it stands under the limit before.
        local key = standing(ns, name)
        local interval, burst = key.interval, key.burst
        if limit == '' then
          call('HDEL', limits, name)
          key.max, key.interval, key.burst = 1, nil, nil
        else
          call('HSET', limits, name, limit)
          limit = unpacked(limit)
          key.max, key.interval, key.burst = limit[1] or nil, limit[2] or nil, limit[3] or nil
        end
        if interval ~= key.interval or burst ~= key.burst then
          -- The bucket lacks no more than it can hold.
          key.full = key.interval and min(key.full, now * 1000 + key.burst * key.interval) or 0
        end
        key.isTouched = true
        rebalance(key)
        finish()
        return 1
        """

    /// Answers the limit, the bucket, and swarms with their counts.
    static let keyStanding = """
        local key = standing(ARGV[2], ARGV[3])
        local places = {}
        for swarm, here in pairs(key.places) do places[#places + 1] = { swarm, here.r, here.h, here.l } end
        return { call('HGET', P .. 'limits:' .. ARGV[2], ARGV[3]), text(key.full), places }
        """

    static let limits = "return call('HGETALL', P .. 'limits:' .. ARGV[2])\n"

    static let reapKeys = """
        local function keyNamed(full)
          return standing(string.match(full, '^([^/]*)/(.*)$'))
        end
        if #dues < limit then
          -- What this call has changed so far says when they are due.
          flushKeys()
          for _, name in ipairs(call('ZRANGEBYSCORE', P .. 'keydue', '-inf', text(now), 'LIMIT', 0, limit)) do
            local key = keyNamed(name)
            rebalance(key)
            key.isTouched = true
          end
        end
        for _, name in ipairs(call('ZRANGEBYSCORE', P .. 'keyidle', '-inf', text(now * 1000), 'LIMIT', 0, 64)) do
          keyNamed(name).isTouched = true
          call('ZREM', P .. 'keyidle', name)
        end

        """
}
