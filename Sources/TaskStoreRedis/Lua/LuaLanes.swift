extension Lua {
    /// `FairOrder`: submitters take turns.
    ///
    /// `q:LANE` has the ready tasks of a submitter and type in a swarm by rank; of lanes with any, `y:SWARM/TYPE` by place (members: the
    /// first task's sequence, then the submitter), `w:SWARM/TYPE` by the first task's ready time, and the hash `h:SWARM/TYPE` the first
    /// task's sequence. `z:SWARM` has the submitters' turns, `e:SWARM` their live tasks, `j:SWARM` the types; `idle` turns without tasks.
    ///
    /// A lane that a call touches is taken out of `y:` and kept at hand until the call ends, since one call may serve it many times.
    static let lanes = """
        local touched, turns, types, served = {}, {}, {}, {}
        local lastTurn = tonumber(state[6] or '0')
        local lastTurnBefore = lastTurn

        local function touchLane(swarm, type, submitter)
          local name = lane(swarm, type, submitter)
          local here = touched[name]
          if not here then
            local where = swarm .. '/' .. type
            here = { name = name, swarm = swarm, type = type, submitter = submitter, where = where }
            here.old = call('HGET', P .. 'h:' .. where, submitter)
            if here.old then call('ZREM', P .. 'y:' .. where, here.old .. submitter) end
            touched[name] = here
          end
          here.isStale = true
        end

        local function leaveLane(r, was)
          call('ZREM', P .. 'q:' .. lane(was.swarm, r.type, r.fkey), place(r.seq, was.prio, r.id))
          touchLane(was.swarm, r.type, r.fkey)
        end

        local function enterLane(r, is)
          call('ZADD', P .. 'q:' .. lane(is.swarm, r.type, r.fkey), text(is.rank), place(r.seq, is.prio, r.id))
          touchLane(is.swarm, r.type, r.fkey)
        end

        local function turnOf(swarm, submitter)
          local known = turns[swarm]
          if not known then
            known = {}
            turns[swarm] = known
          end
          if not known[submitter] then known[submitter] = tonumber(call('HGET', P .. 'z:' .. swarm, submitter) or '0') end
          return known[submitter]
        end

        -- Finds the first task of a lane, and the lane's place.
        local function settleLane(here)
          if not here.isStale then return end
          here.isStale = false
          local head = call('ZRANGE', P .. 'q:' .. here.name, 0, 0, 'WITHSCORES')
          here.head = head[1]
          if not head[1] then return end
          here.first = string.sub(head[1], 1, 11)
          local prio = tonumber(string.sub(head[1], 12, 14), 16) - 1000
          here.rank = tonumber(head[2])
          here.ready = here.rank + prio * STEP
          here.place = max(here.ready * 1000, turnOf(here.swarm, here.submitter)) - prio * STEP * 1000
        end

        -- Puts the lanes that were touched at their places.
        local function flushLanes()
          for _, here in pairs(touched) do
            settleLane(here)
            if here.head then
              if not here.old then call('SADD', P .. 'j:' .. here.swarm, here.type) end
              if here.old ~= here.first then call('HSET', P .. 'h:' .. here.where, here.submitter, here.first) end
              call('ZADD', P .. 'y:' .. here.where, text(here.place), here.first .. here.submitter)
              call('ZADD', P .. 'w:' .. here.where, text(here.ready), here.submitter)
            elseif here.old then
              call('HDEL', P .. 'h:' .. here.where, here.submitter)
              call('ZREM', P .. 'w:' .. here.where, here.submitter)
            end
          end
          touched = {}
          -- One call may serve a submitter many times.
          for swarm, submitters in pairs(served) do
            for submitter, turn in pairs(submitters) do call('HSET', P .. 'z:' .. swarm, submitter, text(turn)) end
          end
          served = {}
          if lastTurn ~= lastTurnBefore then call('HSET', STATE, 'turn', text(lastTurn)) end
        end

        -- The first task of a lane and its rank; nothing where none is ready.
        local function headOf(swarm, type, submitter)
          local name = lane(swarm, type, submitter)
          local here = touched[name]
          if here then
            settleLane(here)
            return here.head, here.rank
          end
          local head = call('ZRANGE', P .. 'q:' .. name, 0, 0, 'WITHSCORES')
          return head[1], tonumber(head[2])
        end

        -- The first task of a lane, unless its submitter has one of the other wanted types before it.
        local function firstOf(swarm, wanted, type, submitter)
          local head, rank = headOf(swarm, type, submitter)
          for _, other in ipairs(wanted) do
            if other ~= type then
              local found, at = headOf(swarm, other, submitter)
              if found and (at < rank or (at == rank and found < head)) then return end
            end
          end
          return head
        end

        -- The ready task that is next in order of those of the given types. The turn is the submitter's, and goes to its first task of
        -- all these types: a lane whose first task is not that one is passed over.
        local function nextReady(swarm, wanted)
          local bestPlace, bestFirst, best
          local function isBetter(at, first)
            return not bestPlace or at < bestPlace or (at == bestPlace and first < bestFirst)
          end
          local function take(at, first, type, submitter)
            local head = firstOf(swarm, wanted, type, submitter)
            if head then bestPlace, bestFirst, best = at, first, head end
            return head
          end
          for _, type in ipairs(wanted) do
            local index = 0
            repeat
              local entry = call('ZRANGE', P .. 'y:' .. swarm .. '/' .. type, index, index, 'WITHSCORES')
              local at, first = tonumber(entry[2]), entry[1] and string.sub(entry[1], 1, 11)
              index = index + 1
            until not first or not isBetter(at, first) or take(at, first, type, string.sub(entry[1], 12))
          end
          for _, here in pairs(touched) do
            if here.swarm == swarm then
              local isWanted = false
              for _, type in ipairs(wanted) do isWanted = isWanted or type == here.type end
              if isWanted then settleLane(here) end
              if isWanted and here.head and isBetter(here.place, here.first) then
                take(here.place, here.first, here.type, here.submitter)
              end
            end
          end
          return best and load(idAt(best))
        end

        -- The lane of a task that was just leased has had its turn, with all types of its submitter.
        local function takeTurn(r)
          local swarm = r.ns .. '/' .. r.swarm
          lastTurn = max(now * 1000, lastTurn) + 1
          turns[swarm] = turns[swarm] or {}
          turns[swarm][r.fkey] = lastTurn
          served[swarm] = served[swarm] or {}
          served[swarm][r.fkey] = lastTurn
          types[swarm] = types[swarm] or call('SMEMBERS', P .. 'j:' .. swarm)
          for _, type in ipairs(types[swarm]) do touchLane(swarm, type, r.fkey) end
          for _, here in pairs(touched) do
            if here.swarm == swarm and here.submitter == r.fkey then here.isStale = true end
          end
        end

        -- Counts submitters' live tasks: without any, a turn may be forgotten when it has passed.
        local alive = {}
        local function live(swarm, r, number)
          alive[swarm] = alive[swarm] or {}
          alive[swarm][r.fkey] = (alive[swarm][r.fkey] or 0) + number
        end

        local function flushAlive()
          for swarm, submitters in pairs(alive) do
            for submitter, number in pairs(submitters) do
              if number ~= 0 and call('HINCRBY', P .. 'e:' .. swarm, submitter, number) <= 0 then
                call('HDEL', P .. 'e:' .. swarm, submitter)
                local turn = turnOf(swarm, submitter)
                if turn > 0 then call('ZADD', P .. 'idle', text(turn), #swarm .. '/' .. swarm .. submitter) end
              end
            end
          end
        end

        """

    static let forgetTurns = """
        for _, idle in ipairs(call('ZRANGEBYSCORE', P .. 'idle', '-inf', text(now * 1000), 'LIMIT', 0, 64)) do
          local length, rest = string.match(idle, '^(%d+)/(.*)$')
          local swarm, submitter = string.sub(rest, 1, tonumber(length)), string.sub(rest, tonumber(length) + 1)
          if call('HEXISTS', P .. 'e:' .. swarm, submitter) == 0 then call('HDEL', P .. 'z:' .. swarm, submitter) end
          call('ZREM', P .. 'idle', idle)
        end

        """

    static let position = """
        local r = load(ARGV[2])
        if not r or r.st ~= 'r' then return false end
        local swarm, most = r.ns .. '/' .. r.swarm, tonumber(ARGV[3])
        local rank, own = r.ready - r.prio * STEP, place(r.seq, r.prio, r.id)
        -- How many tasks of one type its submitter has before it: those of a lower rank, and of the same rank those submitted before.
        local function before(type)
          local tasks = P .. 'q:' .. lane(swarm, type, r.fkey)
          local low, high = call('ZCOUNT', tasks, '-inf', '(' .. text(rank)), call('ZCOUNT', tasks, '-inf', text(rank))
          while low < high do
            local middle = floor((low + high) / 2)
            if call('ZRANGE', tasks, middle, middle)[1] < own then low = middle + 1 else high = middle end
          end
          return low
        end
        local ahead = 0
        local others, number = { [r.fkey] = true }, 0
        for _, type in ipairs(call('SMEMBERS', P .. 'j:' .. swarm)) do
          ahead = ahead + before(type)
          for _, submitter in ipairs(call('ZRANGE', P .. 'w:' .. swarm .. '/' .. type, 0, most)) do
            if not others[submitter] and number < most then
              others[submitter], number = true, number + 1
            end
          end
        end
        return { min(ahead, most), number }
        """
}
