extension Lua {
    /// Groups, whose items are known by their ids: `G:GROUP` counts them, `Z:GROUP` holds those that failed, by index, and `groups` the groups, by
    /// when they last changed.
    static let groups = """
        local GROUPED = { d = 'w', h = 'w', r = 'w', l = 'l', s = 's', f = 'f', c = 'c' }
        local grouped = {}

        -- The group of an item, and its index.
        local function groupOf(id)
          if string.byte(id, -7) == 46 then return string.match(id, '^(.+)%.(%d%d%d%d%d%d)$') end
        end

        local function noteGroup(r, before)
          local group, index = groupOf(r.id)
          if not group then return end
          local from, to = GROUPED[before], GROUPED[r.st]
          if from == to then return end
          local here = grouped[group]
          if not here then
            here = { ns = r.ns, counts = {} }
            grouped[group] = here
          end
          if from then here.counts[from] = (here.counts[from] or 0) - 1 end
          here.counts[to] = (here.counts[to] or 0) + 1
          if to == 'f' then call('ZADD', P .. 'Z:' .. group, index, r.id) end
        end

        local function flushGroups()
          for group, here in pairs(grouped) do
            local key = P .. 'G:' .. group
            if call('HSETNX', key, 'made', text(now)) == 1 then call('HSET', key, 'ns', here.ns) end
            for name, number in pairs(here.counts) do
              if number ~= 0 then call('HINCRBY', key, name, number) end
            end
            call('ZADD', P .. 'groups', text(now), group)
          end
        end

        -- From when on an item of a group is to be kept for so long again: it is for as long after the group's last change, and for as
        -- long as the group goes on, which is looked at anew before it can be over for that long.
        local function keptUntil(id, time)
          local group = groupOf(id)
          local changed = group and tonumber(call('ZSCORE', P .. 'groups', group) or '-1') or -1
          if changed < 0 then return end
          local live = call('HMGET', P .. 'G:' .. group, 'w', 'l')
          if tonumber(live[1] or '0') + tonumber(live[2] or '0') > 0 then return max(changed, now - floor(time / 2)) end
          if changed >= now - time then return changed end
        end

        -- Forgets groups that ended longer ago than any of their items is kept.
        local function forgetGroups(before)
          for _, group in ipairs(call('ZRANGEBYSCORE', P .. 'groups', '-inf', '(' .. text(before), 'LIMIT', 0, 16)) do
            local live = call('HMGET', P .. 'G:' .. group, 'w', 'l')
            if tonumber(live[1] or '0') + tonumber(live[2] or '0') == 0 then
              call('UNLINK', P .. 'G:' .. group, P .. 'Z:' .. group)
              call('ZREM', P .. 'groups', group)
            else
              call('ZADD', P .. 'groups', text(now), group)
            end
          end
        end

        """

    /// A group: namespace, when it was made, its counts, and the records of the first items that failed.
    static let readGroup = """
        local found = call('HMGET', P .. 'G:' .. ARGV[2], 'ns', 'made', 'w', 'l', 's', 'f', 'c')
        if not found[1] then return false end
        for index = 3, 7 do found[index] = found[index] or '0' end
        local failures = {}
        for _, id in ipairs(call('ZRANGE', P .. 'Z:' .. ARGV[2], 0, tonumber(ARGV[3]) - 1)) do
          failures[#failures + 1] = call('GET', P .. 't:' .. id) or nil
        end
        found[8] = failures
        return found
        """

    static let liveGroups = """
        local found = {}
        for _, group in ipairs(call('ZRANGE', P .. 'groups', 0, -1)) do
          local live = call('HMGET', P .. 'G:' .. group, 'w', 'l')
          if tonumber(live[1] or '0') + tonumber(live[2] or '0') > 0 then found[#found + 1] = group end
        end
        return found
        """
}
