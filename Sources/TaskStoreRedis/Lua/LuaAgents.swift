extension Lua {
    /// What the store keeps of an agent: a hash `g:ID`; `seen` knows when it was last heard of, `p:SWARM` the registered ones that
    /// are not gone, `m:SWARM` their names, `u:POD` those of a pod.
    static let agents = """
        local AGENT = { 'ns', 'swarm', 'name', 'pod', 'instance', 'slots', 'version', 'types', 'account', 'registered',
          'request', 'draining', 'gone' }

        -- As Swift reads it: its fields in order, then when it was last seen.
        local function agentReply(id)
          local fields = call('HMGET', P .. 'g:' .. id, unpack(AGENT))
          if not fields[1] then return false end
          fields[#AGENT + 1] = call('ZSCORE', P .. 'seen', id)
          table.insert(fields, 1, id)
          return fields
        end

        local function see(id)
          if call('EXISTS', P .. 'g:' .. id) == 1 then call('ZADD', P .. 'seen', text(now), id) end
        end

        """

    static let agentEnds = """
        local function agentGone(r, id)
          if r.st == 'l' and r.lag == id then expire(r) end
        end

        -- The agent is no more: what it held is free.
        local function endAgent(id)
          local agent = call('HMGET', P .. 'g:' .. id, 'ns', 'swarm', 'name', 'pod', 'gone')
          if not agent[1] or agent[5] then return end
          local swarm = agent[1] .. '/' .. agent[2]
          call('HSET', P .. 'g:' .. id, 'gone', '1')
          call('ZREM', P .. 'p:' .. swarm, id)
          if call('HGET', P .. 'm:' .. swarm, agent[3]) == id then call('HDEL', P .. 'm:' .. swarm, agent[3]) end
          for _, held in ipairs(call('ZRANGE', P .. 'l:' .. id, 0, -1)) do
            local r = load(idOf(held))
            if r then apply(r, agentGone, id) end
          end
          tell('agentGone', agent[1], agent[2], nil, nil, nil, id)
        end

        """

    static let register = """
        local fields = unpacked(ARGV[2])
        local ns, swarmName, name, pod, instance = fields[1], fields[2], fields[3], fields[4], fields[5]
        local swarm = ns .. '/' .. swarmName
        local function put(id, registered, request, draining)
          local values = {}
          for index, field in ipairs({ 'ns', 'swarm', 'name', 'pod', 'instance', 'slots', 'version', 'types', 'account' }) do
            if fields[index] then
              values[#values + 1] = field
              values[#values + 1] = fields[index]
            end
          end
          call('HSET', P .. 'g:' .. id, 'registered', registered, 'request', request, unpack(values))
          if draining then call('HSET', P .. 'g:' .. id, 'draining', '1') end
          if pod then call('SADD', P .. 'u:' .. pod, id) end
          call('ZADD', P .. 'p:' .. swarm, registered, id)
          call('HSET', P .. 'm:' .. swarm, name, id)
          call('ZADD', P .. 'seen', text(now), id)
          call('ZADD', P .. 'swarms', 'NX', text(now), swarm)
          finish()
          return agentReply(id)
        end

        local namesake = call('HGET', P .. 'm:' .. swarm, name)
        local isDraining = false
        if namesake then
          local old = call('HMGET', P .. 'g:' .. namesake, 'instance', 'pod', 'registered', 'request', 'draining')
          if old[1] == instance then
            if old[2] then call('SREM', P .. 'u:' .. old[2], namesake) end
            call('DEL', P .. 'g:' .. namesake)
            return put(namesake, old[3], old[4], old[5])
          end
          -- A pod's name is its own for its life, so that an agent of this name and another instance was this pod's process before: it
          -- has ended. A drain mark was meant for the pod.
          isDraining = old[5] and (old[2] or false) == pod
          endAgent(namesake)
        end
        tell('agentRegistered', ns, swarmName, nil, nil, nil, ARGV[3])
        return put(ARGV[3], text(now), '0', isDraining)
        """

    static let readAgents = """
        local reply = {}
        for index, id in ipairs(call('ZRANGE', P .. 'p:' .. ARGV[2], 0, -1)) do reply[index] = agentReply(id) end
        return reply
        """

    static let readAgent = "return agentReply(ARGV[2])\n"

    static let setDraining = """
        local isDraining = ARGV[2] == '1'
        for index = 3, #ARGV do
          local agent = call('HMGET', P .. 'g:' .. ARGV[index], 'ns', 'swarm', 'draining')
          if agent[1] and isDraining ~= (agent[3] and true or false) then
            if isDraining then
              call('HSET', P .. 'g:' .. ARGV[index], 'draining', '1')
            else
              call('HDEL', P .. 'g:' .. ARGV[index], 'draining')
            end
            tell('agentDrain', agent[1], agent[2], nil, nil, nil, ARGV[index])
          end
        end
        finish()
        """

    static let endAgents = """
        for index = 2, #ARGV do
          for _, id in ipairs(call('SMEMBERS', P .. 'u:' .. ARGV[index])) do endAgent(id) end
        end
        finish()
        """
}
