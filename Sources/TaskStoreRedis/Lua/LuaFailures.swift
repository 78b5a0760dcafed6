extension Lua {
    /// `FailureGroup`: tasks that failed alike. `F:NAMESPACE` has the groups, `f:NAMESPACE` when each last grew, `failed` when a
    /// namespace was last looked at.
    static let failures = """
        local MOST_EXAMPLES, MOST_GROUPS, LONGEST_PATTERN = 5, 10000, 200

        -- `FailureFingerprint.pattern(of:)`.
        local function patternOf(message)
          local pattern, length, from, size = {}, 0, 1, #message
          local function add(part)
            pattern[#pattern + 1] = part
            length = length + #part
          end
          while from <= size and length <= LONGEST_PATTERN do
            local first, last = string.find(message, '^[%w_%-]+', from)
            if first then
              local word = string.sub(message, first, last)
              add(string.find(word, '%d') and '#' or word)
            else
              first, last = string.find(message, '^[ \\t]+', from)
              if first then
                if length > 0 and pattern[#pattern] ~= ' ' then add(' ') end
              else
                first, last = from, from
                local byte = string.sub(message, from, from)
                if byte == '\\n' or byte == '\\r' then
                  if length > 0 then break end
                else
                  add(byte)
                end
              end
            end
            from = last + 1
          end
          local bytes = table.concat(pattern)
          local stop = min(#bytes, LONGEST_PATTERN)
          while stop < #bytes and stop > 0 do
            local next = string.byte(bytes, stop + 1)
            if next < 128 or next > 191 then break end
            stop = stop - 1
          end
          return (string.gsub(string.sub(bytes, 1, stop), ' +$', ''))
        end

        local function join(r)
          local pattern, groups, order = patternOf(r.fm or ''), P .. 'F:' .. r.ns, P .. 'f:' .. r.ns
          local name = #r.swarm .. '/' .. r.swarm .. #(r.fc or '') .. '/' .. (r.fc or '') .. pattern
          local known = call('HGET', groups, name)
          local group = known and unpacked(known) or { r.swarm, r.fc or '', pattern, 0, now, now, {} }
          group[4], group[6] = group[4] + 1, now
          table.insert(group[7], 1, r.id)
          group[7][MOST_EXAMPLES + 1] = nil
          call('HSET', groups, name, pack(group))
          call('ZADD', order, text(now), name)
          call('ZADD', P .. 'failed', text(now), r.ns)
          if not known and call('ZCARD', order) > MOST_GROUPS then
            local oldest = call('ZPOPMIN', order)[1]
            call('HDEL', groups, oldest)
          end
        end

        local function forgetFailures(ancient)
          for _, ns in ipairs(call('ZRANGEBYSCORE', P .. 'failed', '-inf', text(now - 60000), 'LIMIT', 0, 4)) do
            local order = P .. 'f:' .. ns
            for _, name in ipairs(call('ZRANGEBYSCORE', order, '-inf', '(' .. text(ancient), 'LIMIT', 0, 64)) do
              call('HDEL', P .. 'F:' .. ns, name)
              call('ZREM', order, name)
            end
            if call('EXISTS', order) == 1 then call('ZADD', P .. 'failed', text(now), ns) else call('ZREM', P .. 'failed', ns) end
          end
        end

        """

    static let failureGroups = "return call('HVALS', P .. 'F:' .. ARGV[2])\n"
}
