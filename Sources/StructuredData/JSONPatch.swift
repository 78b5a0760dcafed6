/// A list of changes to a JSON document (RFC 6902).
public struct JSONPatch: Sendable, Hashable {
    /// What `copy` operations of one patch may add up to, so that a short patch cannot grow a document without bound.
    public static let copyLimitBytes = 4 << 20

    enum Operation: Sendable, Hashable {
        case add(JSONPointer, JSON)
        case remove(JSONPointer)
        case replace(JSONPointer, JSON)
        case move(from: JSONPointer, to: JSONPointer)
        case copy(from: JSONPointer, to: JSONPointer)
        case test(JSONPointer, JSON)
    }

    private var operations: [Operation]

    /// How many operations the patch has.
    public var count: Int { operations.count }

    /// Reads a patch document.
    ///
    /// - Throws: ``StructuredDataError`` with code `invalidPatch`, naming the operation by its index.
    public init(_ json: JSON) throws(StructuredDataError) {
        guard case .array(let items) = json else {
            throw StructuredDataError(
                .invalidPatch, "a JSON Patch is an array of operations, found \(json.shortDescription)")
        }
        operations = []
        for (index, item) in items.enumerated() { operations.append(try Self.operation(item, index)) }
    }

    private static func operation(_ item: JSON, _ index: Int) throws(StructuredDataError) -> Operation {
        let place = "operation \(index)"
        guard case .object(let members) = item else {
            throw StructuredDataError(.invalidPatch, at: place, "expected an object, found \(item.shortDescription)")
        }
        func pointer(_ name: String) throws(StructuredDataError) -> JSONPointer {
            guard case .string(let text)? = members[name] else {
                throw StructuredDataError(.invalidPatch, at: place, "\"\(name)\" must be a JSON pointer")
            }
            do throws(StructuredDataError) {
                return try JSONPointer(parsing: text)
            } catch {
                throw StructuredDataError(.invalidPatch, at: place, "\"\(name)\": \(error.message)")
            }
        }
        func value() throws(StructuredDataError) -> JSON {
            guard let value = members["value"] else {
                throw StructuredDataError(.invalidPatch, at: place, "\"value\" is missing")
            }
            return value
        }

        switch members["op"] {
        case "add": return .add(try pointer("path"), try value())
        case "remove": return .remove(try pointer("path"))
        case "replace": return .replace(try pointer("path"), try value())
        case "copy": return .copy(from: try pointer("from"), to: try pointer("path"))
        case "test": return .test(try pointer("path"), try value())
        case "move":
            let (from, to) = (try pointer("from"), try pointer("path"))
            if to.tokens.count > from.tokens.count, to.tokens.starts(with: from.tokens) {
                throw StructuredDataError(.invalidPatch, at: place, "\(from) cannot be moved into itself (\(to))")
            }
            return .move(from: from, to: to)
        case let op:
            throw StructuredDataError(
                .invalidPatch, at: place,
                "\"op\" must be one of \"add\", \"remove\", \"replace\", \"move\", \"copy\", \"test\", found "
                    + (op?.shortDescription ?? "none"))
        }
    }

    /// The document after all operations, in order.
    ///
    /// - Throws: ``StructuredDataError`` at the first operation that cannot be done, naming it by index and pointer: code
    ///   `testFailed` where a `test` found another value, `noSuchLocation` where a place does not exist, `tooLarge`.
    public func applied(to document: JSON) throws(StructuredDataError) -> JSON {
        var document = document
        var copyBudget = Self.copyLimitBytes
        for (index, operation) in operations.enumerated() {
            do throws(StructuredDataError) {
                try operation.apply(to: &document, &copyBudget)
            } catch {
                throw StructuredDataError(error.code, at: "operation \(index) (\(operation))", error.message)
            }
        }
        return document
    }
}

extension JSONPatch.Operation: CustomStringConvertible {
    var description: String {
        switch self {
        case .add(let path, _): "add \(path)"
        case .remove(let path): "remove \(path)"
        case .replace(let path, _): "replace \(path)"
        case .move(let from, let path): "move \(from) to \(path)"
        case .copy(let from, let path): "copy \(from) to \(path)"
        case .test(let path, _): "test \(path)"
        }
    }

    func apply(to document: inout JSON, _ copyBudget: inout Int) throws(StructuredDataError) {
        switch self {
        case .add(let path, let value):
            try Self.add(value, path, &document)
        case .remove(let path):
            _ = try Self.remove(path, &document)
        case .replace(let path, let value):
            try document.edit(path, to: path.tokens.count) { place throws(StructuredDataError) in place = value }
        case .move(let from, let path):
            try Self.add(try Self.remove(from, &document), path, &document)
        case .copy(let from, let path):
            let value = try Self.existing(from, document)
            guard value.spend(&copyBudget) else {
                throw StructuredDataError(
                    .tooLarge, "the patch copies more than \(JSONPatch.copyLimitBytes) bytes in all")
            }
            try Self.add(value, path, &document)
        case .test(let path, let expected):
            let found = try Self.existing(path, document)
            guard found == expected else {
                throw StructuredDataError(
                    .testFailed, "expected \(expected.shortDescription), found \(found.shortDescription)")
            }
        }
    }

    private static func existing(_ pointer: JSONPointer, _ document: JSON) throws(StructuredDataError) -> JSON {
        if let value = document.value(at: pointer) { return value }
        throw StructuredDataError(.noSuchLocation, "there is nothing at \(pointer)")
    }

    private static func remove(
        _ pointer: JSONPointer, _ document: inout JSON
    ) throws(StructuredDataError) -> JSON {
        let removed = try existing(pointer, document)
        if pointer.tokens.isEmpty { throw StructuredDataError(.invalidPatch, "the whole document cannot be removed") }
        document.remove(at: pointer)
        return removed
    }

    private static func add(
        _ value: JSON, _ pointer: JSONPointer, _ document: inout JSON
    ) throws(StructuredDataError) {
        guard let token = pointer.tokens.last else {
            document = value
            return
        }
        let depth = pointer.tokens.count - 1
        try document.edit(pointer, to: depth) { parent throws(StructuredDataError) in
            switch parent {
            case .object(var members):
                parent = .null
                members[token] = value
                parent = .object(members)
            case .array(var elements):
                let index = token == "-" ? elements.count : JSONPointer.index(token)
                guard let index, index <= elements.count else {
                    throw pointer.noSuchLocation(depth, elementCount: elements.count)
                }
                parent = .null
                elements.insert(value, at: index)
                parent = .array(elements)
            default:
                throw pointer.noSuchLocation(depth, scalar: parent)
            }
        }
    }
}
