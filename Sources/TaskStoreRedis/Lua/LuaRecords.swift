extension Lua {
    /// Names of keys and members, and records as they are read.
    ///
    /// Keys, after the prefix: `t:ID` the record; `i:` `r:` `k:ID` `O:ID` input, result, checkpoint, output; `a:ID` its attempts. Sorted sets:
    /// `d:SWARM` delayed tasks by ready time; `due` by when time acts; `ended` by their ends, `dead` those that failed; `n:NAMESPACE` by sequence;
    /// `objects` SwarmTasks' that have not ended; `l:AGENT` what it holds, by request; `x:…` those that share a dedup key. `s:SWARM` counts
    /// states, `live` the tasks of each namespace that have not ended. Members are sequence and id where order among equals matters.
    static let names = """
        local STEP = 30000
        local raws, loaded = {}, {}

        -- Within one call a record is one table, however often it is asked for.
        local function load(id)
          local r = loaded[id]
          if r then return r end
          local raw = call('GET', P .. 't:' .. id)
          if not raw then return end
          r = unpacked(raw)
          loaded[id], raws[id] = r, raw
          return r
        end

        local function rawOf(r) return raws[r.id] or pack(r) end
        local function endedList(st) return P .. (st == 'f' and 'dead' or 'ended') end
        local function member(r) return string.format('%011x', r.seq) .. r.id end
        local function idOf(member) return string.sub(member, 12) end
        local function dedupKey(ns, type, key) return P .. 'x:' .. ns .. '/' .. #type .. '/' .. type .. '/' .. key end

        -- A ready task in its lane: from rank and this its priority and ready time can be read.
        local function place(seq, prio, id) return string.format('%011x%03x', seq, prio + 1000) .. id end
        local function idAt(place) return string.sub(place, 15) end
        local function lane(swarm, type, submitter) return swarm .. '/' .. #type .. '/' .. type .. '/' .. submitter end

        """

    /// Stores what became of records, with every index, ledger and feed.
    static let records = """
        local COUNTED = { d = true, h = true, r = true, l = true }
        local counts, lives, activity, attempted, lists = {}, {}, {}, {}, {}

        -- For the head of a list of bounded length.
        local function push(key, entry)
          lists[key] = lists[key] or {}
          table.insert(lists[key], entry)
        end

        local function count(swarm, st, number)
          local here = counts[swarm]
          if not here then
            here = {}
            counts[swarm] = here
          end
          here[st] = (here[st] or 0) + number
        end

        local function due(r)
          if ENDED[r.st] then return nil end
          local time = r.dead
          if r.st == 'd' then
            time = time and min(time, r.ready) or r.ready
          elseif r.st == 'l' then
            time = min(time or r.lex, r.lex, r.lto, r.cf or r.lex)
          end
          return time
        end

        -- Where a record stands in the indexes: compared before and after.
        local function placed(r)
          return { st = r.st, own = r.swarm, swarm = r.ns .. '/' .. r.swarm, rank = r.ready - r.prio * STEP, ready = r.ready,
            prio = r.prio, holds = r.holds, due = due(r), agent = r.lag, request = r.lreq }
        end

        local function leave(r, was)
          local st = was.st
          if st == 'r' then
            leaveLane(r, was)
          elseif st == 'd' then
            call('ZREM', P .. 'd:' .. was.swarm, r.id)
          elseif st == 'l' then
            call('ZREM', P .. 'l:' .. was.agent, member(r))
          end
          if r.ckey then leaveKey(r, was) end
          if COUNTED[st] then count(was.swarm, st, -1) end
        end

        local function enter(r, is)
          local st = is.st
          if st == 'r' then
            enterLane(r, is)
          elseif st == 'd' then
            call('ZADD', P .. 'd:' .. is.swarm, text(is.ready), r.id)
          elseif st == 'l' then
            call('ZADD', P .. 'l:' .. is.agent, text(is.request), member(r))
          end
          if r.ckey then enterKey(r, is) end
          if COUNTED[st] then count(is.swarm, st, 1) end
        end

        local function log(r)
          local swarm = r.ns .. '/' .. r.swarm
          if attempt then
            call('RPUSH', P .. 'a:' .. r.id, pack(attempt))
            attempted[#attempted + 1] = pack({ now, r.id })
          end
          if outcome then
            push(P .. 'o:' .. swarm, pack(outcome))
            if r.st == 's' and outcome[8] then push(P .. 'v:' .. swarm, text(outcome[8])) end
            if r.st == 'f' then join(r) end
          end
          for _, kind in ipairs(told) do
            tell(kind, r.ns, r.swarm, r.id, r.obj, r.st, r.lag, r.type, r.inb)
            if kind == 'submitted' or kind == 'leased' or kind == 'finished' then activity[swarm] = true end
          end
        end

        -- Stores what an event made of a record that stood at `was`.
        local function save(r, was)
          if changed then
            local raw = pack(r)
            raws[r.id] = raw
            call('SET', P .. 't:' .. r.id, raw)
            local is = placed(r)
            if was.st ~= is.st or was.swarm ~= is.swarm or was.rank ~= is.rank or was.agent ~= is.agent
              or was.holds ~= is.holds then
              leave(r, was)
              enter(r, is)
            end
            if is.due ~= was.due then
              if is.due then call('ZADD', P .. 'due', text(is.due), member(r)) else call('ZREM', P .. 'due', member(r)) end
            end
            noteGroup(r, was.st)
            if was.swarm ~= is.swarm then
              live(was.swarm, r, -1)
              live(is.swarm, r, 1)
            end
            if ENDED[is.st] and not ENDED[was.st] then
              call('ZADD', endedList(r.st), text(now), r.id)
              if r.obj then call('ZREM', P .. 'objects', r.id) end
              if r.dedup and r.st ~= 's' then call('ZREM', dedupKey(r.ns, r.type, r.dedup), member(r)) end
              if r.ck then call('UNLINK', P .. 'k:' .. r.id) end
              live(is.swarm, r, -1)
              lives[r.ns] = (lives[r.ns] or 0) - 1
            end
          end
          log(r)
        end

        -- Moves tasks of a key until as many are ready as can be leased.
        local function rebalance(key)
          for _ = 1, MOST_MOVES do
            local swarm, reason = nextMove(key)
            if not swarm then return end
            local where = key.name .. '/' .. swarm
            local found = reason and call('ZRANGE', P .. 'R:' .. where, -1, -1)[1] or call('ZRANGE', P .. 'H:' .. where, 0, 0)[1]
            local r = found and load(idOf(found))
            if not r then return redis.log(redis.LOG_WARNING, 'das: key ' .. key.name .. ' counts tasks that are not there') end
            begin()
            local was = placed(r)
            if reason then hold(r, reason) else unhold(r, KEY_LIMITS) end
            save(r, was)
            countKey(key, was.own, was.st, was.holds, -1)
            countKey(key, r.swarm, r.st, r.holds, 1)
          end
        end

        -- Applies an event: `event(r)` changes the record. Answers the event's verdicts, whether the record changed, and how an attempt
        -- ended, if one did.
        local function apply(r, event, ...)
          begin()
          local was = placed(r)
          local verdict, detail = event(r, ...)
          local hasChanged, how = changed, attempt and attempt[8]
          if r.ckey and (was.st ~= r.st or was.own ~= r.swarm or was.holds ~= r.holds) then
            local key = standing(r.ns, r.ckey)
            takePlace(key, was, r)
            save(r, was)
            rebalance(key)
          else
            save(r, was)
          end
          return verdict, detail, hasChanged, how
        end

        -- Writes what was gathered, and ends the call.
        local finishFeed = finish
        local function finish()
          flushKeys()
          flushLanes()
          flushGroups()
          for swarm, states in pairs(counts) do
            for st, number in pairs(states) do
              if number ~= 0 then call('HINCRBY', P .. 's:' .. swarm, st, number) end
            end
          end
          for ns, number in pairs(lives) do
            if number ~= 0 then call('HINCRBY', P .. 'live', ns, number) end
          end
          for swarm in pairs(activity) do
            call('HSET', P .. 's:' .. swarm, 'last', text(now))
            call('ZADD', P .. 'swarms', text(now), swarm)
          end
          flushAlive()
          for key, entries in pairs(lists) do
            for from = 1, #entries, 1000 do call('LPUSH', key, unpack(entries, from, min(from + 999, #entries))) end
            call('LTRIM', key, 0, string.find(key, 'v:', #P + 1, true) == #P + 1 and 49 or 999)
          end
          for from = 1, #attempted, 1000 do
            call('RPUSH', P .. 'attempted', unpack(attempted, from, min(from + 999, #attempted)))
          end
          finishFeed()
        end

        """
}
