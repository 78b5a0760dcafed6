import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import StructuredData
import TaskProtocol
import TaskQueue

/// Results: large ones on their way in, all of them on their way out. A large one is never whole in memory.
struct ResultRoutes {
    private static let chunkBytes = 256 << 10
    private static let tokenHeader = HTTPField.Name("Das-Lease-Token")
    private static let digestHeader = HTTPField.Name("Repr-Digest")

    let core: GatewayCore

    func add(to group: RouterGroup<GatewayContext>) {
        group.put("leases/:task/result", use: upload)
        group.get("namespaces/:namespace/tasks/:id/result", use: result)
    }

    // MARK: In

    private func upload(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let id = try await blob(request, context)
        guard let sha256 = request.text("sha256"), Self.isDigest(sha256) else {
            throw Problems.invalid("the query parameter sha256 must be the result's SHA-256, 64 hexadecimal digits")
        }
        let limit = core.store.policy.maxBlobBytes
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Problems.tooLarge("the result has \(length) bytes; at most \(limit) are taken")
        }
        return try await core.uploading {
            let writer = try await core.store.blobs.write(id)
            do {
                let (found, bytes) = try await receive(request, into: writer, limit: limit)
                guard found == sha256.lowercased() else {
                    throw Problems.invalid(
                        "the \(bytes) bytes that arrived have the SHA-256 \(found), not \(sha256); send them again")
                }
                let info = try await writer.finish(sha256: found)
                return try .json(
                    .ok,
                    ResultReference(uri: "/v1/leases/\(id.task)/result", sha256: info.sha256, bytes: Int64(info.bytes)))
            } catch {
                await writer.abandon()
                throw error
            }
        }
    }

    /// The lease that the upload belongs to, once it is clear that it stands and is the caller's.
    private func blob(_ request: Request, _ context: GatewayContext) async throws -> BlobID {
        let caller = try context.requireCaller()
        let task = TaskID(try context.pathText("task"))
        guard let epoch = request.text("epoch").flatMap({ Int64($0) }) else {
            throw Problems.invalid("the query parameter epoch must be the lease's epoch")
        }
        let token = Self.tokenHeader.flatMap { request.headers[$0] }.flatMap { LeaseToken(hexadecimal: $0) }
        guard let record = try await core.store.task(task) else { throw Problems.refused(.unknownTask) }
        guard let token, record.epoch == epoch, record.token == token, let lease = record.lastLease else {
            throw Problems.refused(epoch < record.epoch ? .superseded : .unknownLease)
        }
        if record.state.isEnd { throw Problems.refused(.ended) }
        _ = try await core.agents.registration(of: lease.agent.text, for: caller.identity)
        return BlobID(task: task, epoch: epoch)
    }

    /// Hands the body on piece by piece; the next one is read when there is room for it.
    private func receive(
        _ request: Request, into writer: any BlobWriter, limit: Int
    ) async throws -> (sha256: String, bytes: Int) {
        var hash = SHA256()
        var check = JSONStreamCheck()
        var bytes = 0
        var chunk: [UInt8] = []
        for try await buffer in request.body {
            bytes += buffer.readableBytes
            if bytes > limit { throw Problems.tooLarge("the result has more than \(limit) bytes") }
            chunk.append(contentsOf: buffer.readableBytesView)
            guard chunk.count >= Self.chunkBytes else { continue }
            hash.update(data: chunk)
            try Self.isJSON { () throws(JSONStreamCheck.Failure) in try check.take(chunk) }
            try await writer.write(chunk)
            chunk.removeAll(keepingCapacity: true)
        }
        hash.update(data: chunk)
        try Self.isJSON { () throws(JSONStreamCheck.Failure) in
            try check.take(chunk)
            try check.finish()
        }
        if !chunk.isEmpty { try await writer.write(chunk) }
        return (Self.hexadecimal(hash.finalize()), bytes)
    }

    private static func isJSON(_ check: () throws(JSONStreamCheck.Failure) -> Void) throws(Problem) {
        do {
            try check()
        } catch let failure {
            throw Problems.invalid("the result must be one JSON value, and is none at \(failure); nothing was kept")
        }
    }

    // MARK: Out

    private func result(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let namespace = try await core.namespace(context, allowing: "get")
        let record = try await core.task(context, in: namespace)
        guard record.state == .succeeded else {
            throw Problems.notFound(
                "task \(record.id) has no result: it is \(WireMapping.phase(record.state).rawValue)")
        }
        if let blob = record.resultBlob { return try await stream(blob, of: record) }
        guard let result = try await core.store.result(of: record.id) else {
            throw Problems.notFound("the result of task \(record.id) is no longer kept")
        }
        return .bytes(.ok, result)
    }

    private func stream(_ blob: ResultBlob, of record: TaskRecord) async throws -> Response {
        guard let info = try await core.store.blobs.info(blob.id), info.sha256 == blob.sha256 else {
            throw Problems.notFound("the result of task \(record.id) is no longer kept")
        }
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        headers[.eTag] = "\"\(info.sha256)\""
        if let name = Self.digestHeader { headers[name] = Self.reprDigest(info.sha256) }
        let (blobs, logger) = (core.store.blobs, core.logger)
        let body = ResponseBody(contentLength: info.bytes) { writer in
            var hash = SHA256()
            var sent = 0
            // The last piece is held back until the whole is known to be what was stored: a reader of a damaged one finds it cut
            // short, and not complete and wrong.
            while sent < info.bytes {
                guard
                    let chunk = try await blobs.read(
                        blob.id, offset: sent, limit: min(Self.chunkBytes, info.bytes - sent)), !chunk.isEmpty
                else { throw ResultCutShort() }
                hash.update(data: chunk)
                sent += chunk.count
                if sent == info.bytes, Self.hexadecimal(hash.finalize()) != info.sha256 {
                    logger.error("a stored result is damaged", metadata: ["task": .string(record.id.text)])
                    throw ResultCutShort()
                }
                try await writer.write(ByteBuffer(bytes: chunk))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    // MARK: Digests

    private static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// RFC 9530.
    private static func reprDigest(_ hexadecimal: String) -> String {
        let digits = Array(hexadecimal)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        return "sha-256=:\(Data(bytes).base64EncodedString()):"
    }
}

/// The result could not be sent to its end: the connection is closed before it.
private struct ResultCutShort: Error {}
