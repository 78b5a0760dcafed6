import KubernetesModel
import StructuredData

/// Lists of stored objects.
extension Presentation {
    struct ListMetadata: Sendable {
        var version: String
        var continueToken: String?
        var remaining: Int?

        func json(isCustom: Bool) -> JSON {
            var json: JSON = [:]
            // Custom resources' lists always show the token.
            if let continueToken {
                json["continue"] = .string(continueToken)
            } else if isCustom {
                json["continue"] = ""
            }
            if let remaining { json["remainingItemCount"] = JSON(remaining) }
            json["resourceVersion"] = .string(version)
            return json
        }
    }

    func list(_ objects: [StoredObject], _ metadata: ListMetadata) throws -> APIResponse {
        switch form {
        case .object where encoding == .json && isLong(objects):
            return finish(.pieces { write in try await writeList(objects, metadata, write) }, 200, [])
        case .object where encoding == .json:
            return finish(.bytes(try listBytes(objects, metadata)), 200, [])
        case .object:
            return finish(
                .bytes(try encoding.encode(try JSON.parse(try listBytes(objects, metadata)))), 200, [])
        case .partial:
            let json: JSON = [
                "kind": "PartialObjectMetadataList", "apiVersion": .string("meta.k8s.io/\(metaVersion)"),
                "metadata": metadata.json(isCustom: false),
                "items": .array(try objects.map { partial(try $0.object()) }),
            ]
            return finish(.bytes(try encoding.encode(json)), 200, [])
        case .table:
            let trees = try objects.map(definition.object)
            return finish(
                .bytes(try encoding.encode(table(trees, version: metadata.version, continue: metadata))), 200, [])
        }
    }

    private func listBytes(_ objects: [StoredObject], _ metadata: ListMetadata) throws -> [UInt8] {
        var bytes = listHead(metadata)
        bytes.reserveCapacity(bytes.count + objects.reduce(64) { $0 + $1.body.count + 1 })
        for (index, object) in objects.enumerated() { try appendItem(object, isFirst: index == 0, to: &bytes) }
        bytes.append(contentsOf: Self.listTail)
        return bytes
    }

    private static let listTail = "]}".utf8
    /// Lists from this size on are written in pieces of it.
    private static let listPieceBytes = 256 << 10

    /// Whether the list is long, and nothing can go wrong in the midst of it: its texts are sent as they are stored.
    private func isLong(_ objects: [StoredObject]) -> Bool {
        guard definition.conversion == nil, objects.reduce(0, { $0 + $1.body.count }) > Self.listPieceBytes else {
            return false
        }
        return !objects.contains(where: definition.isReadAnew)
    }

    private func writeList(
        _ objects: [StoredObject], _ metadata: ListMetadata, _ write: (sending [UInt8]) async throws -> Void
    ) async throws {
        var piece = listHead(metadata)
        for (index, object) in objects.enumerated() {
            try appendItem(object, isFirst: index == 0, to: &piece)
            guard piece.count >= Self.listPieceBytes else { continue }
            let whole = piece
            piece = []
            piece.reserveCapacity(whole.capacity)
            try await write(whole)
        }
        piece.append(contentsOf: Self.listTail)
        try await write(piece)
    }

    private func listHead(_ metadata: ListMetadata) -> [UInt8] {
        let head: JSON = [
            "kind": .string(definition.listKind), "apiVersion": .string(definition.type.apiVersion),
            "metadata": metadata.json(isCustom: definition.isCustom),
        ]
        return head.serialized().dropLast() + Array(",\"items\":[".utf8)
    }

    private func appendItem(_ object: StoredObject, isFirst: Bool, to bytes: inout [UInt8]) throws {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        // The items of built-in kinds' lists do not repeat what the list says.
        try append(object, isTyped: definition.isCustom, to: &bytes)
    }
}
