extension Lua {
    /// `TaskMachine`: what an event does to a record, in place.
    ///
    /// A record is a table with the keys of `RecordCodec`; an event answers its verdict, sets `changed` where it changed the record, and
    /// leaves in `told`, `attempt` and `outcome` what is for feed and ledger.
    static let machine = """
        local ENDED = { s = true, f = true, c = true }
        local POLICY = { lease = C[2], acknowledge = C[3], grace = C[4], heartbeat = C[5], live = C[6] }
        local LONGEST, MOST_PRIORITY, FREE_RELEASES = 20, 1000, 20
        local changed, told, attempt, outcome

        local function begin() changed, told, attempt, outcome = false, {}, nil, nil end
        local function bounded(priority) return min(max(priority, -MOST_PRIORITY), MOST_PRIORITY) end
        local function seconds(ms) return ms % 1000 == 0 and text(ms / 1000) .. ' s' or text(ms) .. ' ms' end

        local function waiting(r)
          if r.holds ~= 0 then return 'h' end
          return r.ready > now and 'd' or 'r'
        end

        -- The ledger's entry for the attempt that ends: of the lease that stands, or of one that ended for lateness before.
        local function note(r, how, code, message, isLate)
          if r.st ~= 'l' and not isLate then return end
          attempt = { r.id, r.att, r.ep, r.lag, r.agent or r.lag, r.lsi, now, how, code or false, message or false }
        end

        local function conclude(r, st, how, code, message, isLate)
          note(r, how, code, message, isLate)
          local ran = (r.st == 'l' or isLate) and max(now - r.lsi, 0) or false
          outcome = {
            r.id, r.ns, r.swarm, r.type, st, r.att, r.first and max(r.first - r.made, 0) or false, ran, r.inb,
            st == 's' and r.out or false, code or false, now }
          r.st, r.holds, r.fin, r.fc, r.fm = st, 0, now, code, message
          r.cq, r.cf, r.cr = nil, nil, nil
          changed = true
          told[#told + 1] = 'finished'
        end

        local function concludeCancelled(r) conclude(r, 'c', 'cancelled', 'CANCELLED', r.cr) end

        -- The lease ends, the task goes on.
        local function wait(r, ready, how, code, message)
          note(r, how, code, message)
          r.pd, r.pt, r.pm = nil, nil, nil
          r.ready = ready
          if code then r.fc, r.fm = code, message end
          r.st = waiting(r)
          changed = true
          told[#told + 1] = r.st == 'r' and 'ready' or 'waiting'
        end

        -- `RetryPolicy.jitter`.
        local function jitter(r)
          local hash = 1
          for index = 1, #r.id do hash = (hash * 48271 + string.byte(r.id, index)) % 2147483647 end
          hash = (hash * 48271 + r.att) % 2147483647
          hash = hash * 48271 % 2147483647
          return hash * 48271 % 2147483647 / 2147483647
        end

        local function backoff(r)
          if r.rb <= 0 or r.rm <= 0 then return 0 end
          local wait = r.rb
          for _ = 1, max(r.att, 1) - 1 do if wait < r.rm then wait = wait * 2 end end
          local exact = min(wait, r.rm, 86400) * 1000 * (0.5 + 0.5 * jitter(r))
          local whole = floor(exact)
          return exact - whole >= 0.5 and whole + 1 or whole
        end

        -- Whether one of the patterns, with blanks between them, means the code.
        local function contains(patterns, code)
          for pattern in string.gmatch(patterns or '', '%S+') do
            local start = string.sub(pattern, 1, -2)
            if pattern == code or string.sub(pattern, -1) == '*' and string.sub(code, 1, #start) == start then
              return true
            end
          end
          return false
        end

        local function retries(r, code) return not contains(r.rg, code) and (not r.ro or contains(r.ro, code)) end

        local function tryAgain(r, how, code, message, backsOff)
          if r.cq then return concludeCancelled(r) end
          if r.att >= min(max(r.rl, 0), LONGEST - 1) + 1 or not retries(r, code) then
            return conclude(r, 'f', how, code, message)
          end
          wait(r, backsOff and now + backoff(r) or r.ready, how, code, message)
        end

        local function expire(r)
          local who = r.agent or r.lag
          if r.lack then
            tryAgain(r, 'expired', 'LEASE_EXPIRED', 'agent ' .. who .. ' sent no more heartbeats', false)
          else
            tryAgain(r, 'unacknowledged', 'LEASE_EXPIRED', 'the lease never reached agent ' .. who, false)
          end
        end

        local function tick(r)
          if ENDED[r.st] then return end
          if r.cf and r.cf <= now then return concludeCancelled(r) end
          if r.dead and r.dead <= now then
            if r.cq then return concludeCancelled(r) end
            local last = r.fm and '; the last attempt failed: ' .. r.fm or ''
            return conclude(r, 'f', 'deadline', 'DEADLINE_EXCEEDED',
              'the task did not end within its deadline of ' .. seconds(r.dead - r.made) .. last)
          end
          if r.st == 'd' and r.ready <= now then
            r.st, changed, told[#told + 1] = 'r', true, 'ready'
            return
          end
          if r.st ~= 'l' then return end
          if r.lto <= now then
            return tryAgain(
              r, 'timedOut', 'TIMED_OUT', 'the attempt did not end within ' .. seconds(r.tmo), true)
          end
          if r.lex <= now then expire(r) end
        end

        local function isCurrent(r, epoch, token) return r.ep == epoch and r.tok == token end

        local function hold(r, reasons)
          if ENDED[r.st] or bit.band(r.holds, reasons) == reasons then return end
          -- A key's limit holds what could be leased but for it, and nothing else.
          if bit.band(reasons, 6) == reasons and r.st ~= 'r' then return end
          r.holds, changed = bit.bor(bit.band(r.holds, bit.bnot(6)), reasons), true
          if r.st == 'd' or r.st == 'r' then
            r.st, told[#told + 1] = 'h', 'waiting'
          end
        end

        local function unhold(r, reasons)
          if ENDED[r.st] or bit.band(r.holds, reasons) == 0 then return end
          r.holds, changed = bit.band(r.holds, bit.bnot(reasons)), true
          if r.st ~= 'h' or r.holds ~= 0 then return end
          -- Time spent suspended earns no place in the order; who waited for others of the same key was in the order all along.
          if bit.band(reasons, 6) ~= reasons then r.ready = max(r.ready, now) end
          r.st = waiting(r)
          told[#told + 1] = r.st == 'r' and 'ready' or 'waiting'
        end

        """

    /// The machine's events of agents.
    static let agentEvents = """
        -- Epochs up to this may have been given out by a server that has forgotten it.
        local EPOCHS = tonumber(state[7] or '0')

        local function lease(r, agent, name, token, request)
          tick(r)
          if r.st ~= 'r' then return false end
          r.st, r.ep, r.tok = 'l', max(r.ep, EPOCHS) + 1, token
          r.lag, r.lsi, r.lex = agent, now, now + min(POLICY.acknowledge, POLICY.lease)
          r.lto, r.lack, r.lreq = now + r.tmo + POLICY.grace, nil, request
          if not r.cont or r.rel > FREE_RELEASES then r.att = r.att + 1 end
          r.cont, r.first, r.agent = nil, r.first or now, name
          r.pd, r.pt, r.pm = nil, nil, nil
          changed, told[#told + 1] = true, 'leased'
          return true
        end

        -- Answers the verdict and, where a forced cancellation is near, its milliseconds.
        local function beat(r, epoch, token, progress, output)
          if r.st ~= 'l' or not isCurrent(r, epoch, token) then return 'lost' end
          r.lack, r.lex = true, max(r.lex, now + POLICY.lease)
          changed = true
          if output then told[1] = 'progress' end
          if progress then
            local done, total, message = progress[1], progress[2] or nil, progress[3] or nil
            if r.pd ~= done or r.pt ~= total or r.pm ~= message then
              r.pd, r.pt, r.pm = done, total, message
              told[1] = 'progress'
            end
          end
          if r.cq then return 'cancel', r.cf and max(r.cf - now, 0) end
          return 'alive'
        end

        -- `report`: kind, digest, then bytes of the result and its blob's SHA-256 if it is one, or code and message.
        local function take(r, epoch, token, report)
          local kind, digest = report[1], report[2]
          if r.rt and r.re == epoch and r.rt == token then
            return r.rd == digest and 'duplicate' or 'alreadyReported'
          end
          if not isCurrent(r, epoch, token) then
            return epoch >= 1 and epoch < r.ep and 'superseded' or 'unknownLease'
          end
          if ENDED[r.st] then return 'ended' end
          local isLate = r.st ~= 'l'
          if isLate and (kind == 'retryable' or kind == 'release') then return 'expired' end
          r.re, r.rt, r.rd = epoch, token, digest
          if kind == 'complete' then
            r.out = report[3]
            if report[4] then r.bt, r.be, r.bs = r.id, epoch, report[4] end
            conclude(r, 's', 'succeeded', nil, nil, isLate)
          elseif kind == 'retryable' then
            tryAgain(r, 'failed', report[3], report[4], true)
          elseif not isLate and r.cq then
            concludeCancelled(r)
          elseif kind == 'permanent' then
            conclude(r, 'f', 'failed', report[3], report[4], isLate)
          else
            r.rel, r.cont = r.rel + 1, true
            wait(r, r.ready, 'released')
          end
          return 'accepted'
        end

        """

    /// The machine's events of owners.
    static let ownerEvents = """
        local function cancel(r, isForced, grace, reason)
          if ENDED[r.st] then return end
          if r.st ~= 'l' or isForced then return conclude(r, 'c', 'cancelled', 'CANCELLED', reason) end
          local forced = grace and now + max(grace, 0)
          if not r.cq then
            r.cq, r.cf, r.cr = now, forced or nil, reason
            changed, told[#told + 1] = true, 'cancelling'
          elseif forced and (not r.cf or forced < r.cf) then
            r.cf, changed = forced, true
          end
        end

        local function bind(r, swarm)
          if (r.st ~= 'd' and r.st ~= 'h' and r.st ~= 'r') or r.pin or r.swarm == swarm then return end
          r.swarm, changed, told[#told + 1] = swarm, true, 'amended'
          if r.st == 'r' then told[#told + 1] = 'ready' end
        end

        local function prioritise(r, priority)
          priority = bounded(priority)
          if ENDED[r.st] or r.prio == priority then return end
          r.prio, changed, told[#told + 1] = priority, true, 'amended'
        end

        """
}
