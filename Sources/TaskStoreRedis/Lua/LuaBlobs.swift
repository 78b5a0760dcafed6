extension Lua {
    /// Large results: `B:UPLOAD/INDEX` pieces of equal length but for the last; the hash `blobs` by `TASK@EPOCH` what is whole; `refs` how
    /// many records refer to each; `unreferred` by when they were written those that none does; `uploads` those in progress.
    static let blobs = """
        local function blobName(task, epoch) return text(epoch) .. '@' .. task end

        local function removePieces(upload, count)
          for index = 0, count - 1 do call('UNLINK', P .. 'B:' .. upload .. '/' .. text(index)) end
        end

        local function hasBlob(task, epoch, report)
          local info = call('HGET', P .. 'blobs', blobName(task, epoch))
          if not info then return false end
          info = unpacked(info)
          return info[2] == report[4] and info[3] == report[3]
        end

        -- A record begins or ends to refer to its blob.
        local function refer(r, number)
          local name = blobName(r.bt, r.be)
          local references = call('HINCRBY', P .. 'refs', name, number)
          if number > 0 then return call('ZREM', P .. 'unreferred', name) end
          if references > 0 then return end
          call('HDEL', P .. 'refs', name)
          local info = call('HGET', P .. 'blobs', name)
          if info then call('ZADD', P .. 'unreferred', text(unpacked(info)[4]), name) end
        end

        """

    /// Arguments: upload, index, bytes.
    static let putPiece = """
        call('SET', P .. 'B:' .. ARGV[2] .. '/' .. ARGV[3], ARGV[4])
        call('ZADD', P .. 'uploads', text(now), ARGV[2])
        call('HSET', P .. 'pieces', ARGV[2], tonumber(ARGV[3]) + 1)
        """

    /// Arguments: task, epoch, upload, SHA-256, bytes.
    static let finishUpload = """
        local name = blobName(ARGV[2], tonumber(ARGV[3]))
        local count = tonumber(call('HGET', P .. 'pieces', ARGV[4]) or '0')
        if tonumber(ARGV[6]) > 0 and call('ZSCORE', P .. 'uploads', ARGV[4]) == false then return false end
        local before = call('HGET', P .. 'blobs', name)
        call('HSET', P .. 'blobs', name, pack({ ARGV[4], ARGV[5], tonumber(ARGV[6]), now, count }))
        call('ZREM', P .. 'uploads', ARGV[4])
        call('HDEL', P .. 'pieces', ARGV[4])
        if call('HEXISTS', P .. 'refs', name) == 0 then call('ZADD', P .. 'unreferred', text(now), name) end
        if before then
          before = unpacked(before)
          removePieces(before[1], before[5])
        end
        finish()
        return text(now)
        """

    static let abandonUpload = """
        removePieces(ARGV[2], tonumber(call('HGET', P .. 'pieces', ARGV[2]) or '0'))
        call('ZREM', P .. 'uploads', ARGV[2])
        call('HDEL', P .. 'pieces', ARGV[2])
        """

    static let blobInfo = "return call('HGET', P .. 'blobs', ARGV[2])\n"

    /// Arguments: key of the blob, offset, limit, length of pieces.
    static let readBlob = """
        local info = call('HGET', P .. 'blobs', ARGV[2])
        if not info then return false end
        info = unpacked(info)
        local offset, length = tonumber(ARGV[3]), tonumber(ARGV[5])
        local left = min(tonumber(ARGV[4]), info[3] - offset)
        local parts = {}
        while left > 0 do
          local index, from = floor(offset / length), offset % length
          local take = min(left, length - from)
          parts[#parts + 1] = call('GETRANGE', P .. 'B:' .. info[1] .. '/' .. text(index), from, from + take - 1)
          offset, left = offset + take, left - take
        end
        return table.concat(parts)
        """

    /// Arguments: a time, a limit.
    static let sweepBlobs = """
        local swept = {}
        for _, name in ipairs(call('ZRANGEBYSCORE', P .. 'unreferred', '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])) do
          local epoch, task = string.match(name, '^(%d+)@(.*)$')
          local r = load(task)
          if not (r and r.st == 'l' and r.ep == tonumber(epoch)) then
            local info = unpacked(call('HGET', P .. 'blobs', name))
            removePieces(info[1], info[5])
            call('HDEL', P .. 'blobs', name)
            call('ZREM', P .. 'unreferred', name)
            swept[#swept + 1] = { task, tonumber(epoch) }
          end
        end
        -- What is left of uploads that nobody has finished.
        for _, upload in ipairs(call('ZRANGEBYSCORE', P .. 'uploads', '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])) do
          removePieces(upload, tonumber(call('HGET', P .. 'pieces', upload) or '0'))
          call('ZREM', P .. 'uploads', upload)
          call('HDEL', P .. 'pieces', upload)
        end
        return swept
        """
}
