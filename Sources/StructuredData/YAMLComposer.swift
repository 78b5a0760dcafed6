/// Builds JSON values from the events of a YAML text.
struct YAMLComposer: ~Copyable {
    private enum Anchor {
        /// Its node has begun and not ended, so an alias to it would contain itself.
        case open
        case value(JSON)
    }

    private var reader: YAMLEventReader
    private var anchors: [String: Anchor] = [:]
    private var aliasBudget = YAML.aliasLimitBytes
    private var depth = 0
    private let keepsLastDuplicate: Bool
    /// Keys set again; only collected, instead of refused, where the last value is to count.
    private(set) var duplicates: [YAML.DuplicateKey] = []

    init(_ bytes: [UInt8], file: String?, keepsLastDuplicate: Bool = false) {
        reader = YAMLEventReader(bytes, file: file)
        self.keepsLastDuplicate = keepsLastDuplicate
    }

    mutating func documents() throws(YAMLError) -> [JSON] {
        var documents: [JSON] = []
        while true {
            let event = try reader.next()
            switch event.kind {
            case .streamStart, .documentStart, .documentEnd: continue
            case .streamEnd: return documents
            case .scalar(let scalar) where scalar.isEmptyPlain && event.anchor == nil: continue
            default:
                anchors = [:]
                documents.append(try node(event))
            }
        }
    }

    private mutating func node(_ event: YAMLEvent) throws(YAMLError) -> JSON {
        if case .alias(let name) = event.kind { return try alias(name, event.mark) }
        if let anchor = event.anchor { anchors[anchor] = .open }
        let value: JSON
        switch event.kind {
        case .scalar(let scalar):
            do throws(YAMLScalar.Refused) {
                value = try scalar.json()
            } catch {
                throw reader.error(.notJSON, error.message, at: event.mark)
            }
        case .sequenceStart: value = try sequence(event.mark)
        case .mappingStart: value = try mapping(event.mark)
        default: throw reader.error(.syntax, "expected a value", at: event.mark)
        }
        if let anchor = event.anchor { anchors[anchor] = .value(value) }
        return value
    }

    private mutating func alias(_ name: String, _ mark: YAMLMark) throws(YAMLError) -> JSON {
        switch anchors[name] {
        case nil:
            throw reader.error(.alias, "*\(name) has no anchor &\(name) before it in this document", at: mark)
        case .open:
            throw reader.error(.alias, "*\(name) stands inside its own anchor &\(name)", at: mark)
        case .value(let value):
            guard value.spend(&aliasBudget) else {
                throw reader.error(
                    .tooLarge, "aliases expand to more than \(YAML.aliasLimitBytes) bytes; write fewer of them",
                    at: mark)
            }
            guard depth + value.nesting <= JSON.defaultDepthLimit else { throw tooDeep(mark) }
            return value
        }
    }

    private func tooDeep(_ mark: YAMLMark) -> YAMLError {
        reader.error(
            .tooLarge, "mappings and sequences nest deeper than \(JSON.defaultDepthLimit) levels", at: mark)
    }

    private mutating func sequence(_ mark: YAMLMark) throws(YAMLError) -> JSON {
        guard depth < JSON.defaultDepthLimit else { throw tooDeep(mark) }
        depth += 1
        var elements: [JSON] = []
        while true {
            let event = try reader.next()
            if case .sequenceEnd = event.kind { break }
            elements.append(try node(event))
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func mapping(_ mark: YAMLMark) throws(YAMLError) -> JSON {
        guard depth < JSON.defaultDepthLimit else { throw tooDeep(mark) }
        depth += 1
        var members = JSONObject()
        var lines: [String: Int] = [:]
        var merged: [JSONObject] = []
        while true {
            let event = try reader.next()
            if case .mappingEnd = event.kind { break }
            if case .scalar(let scalar) = event.kind, scalar.isMergeKey {
                let value = try reader.next()
                merged += try merging(try node(value), value.mark)
                continue
            }
            let key = try key(event)
            if let line = lines.updateValue(event.mark.line, forKey: key) {
                if keepsLastDuplicate {
                    duplicates.append(YAML.DuplicateKey(key: key, line: event.mark.line))
                    members[key] = try node(try reader.next())
                    continue
                }
                let message = "\(JSON.string(key).shortDescription) is set twice, first on line \(line)"
                throw reader.error(.duplicateKey, message, at: event.mark)
            }
            members[key] = try node(try reader.next())
        }
        // What stands in the mapping itself counts before what is merged, and of two merged mappings the first.
        for source in merged {
            for (key, value) in source where !members.contains(key) { members[key] = value }
        }
        depth -= 1
        return .object(members)
    }

    private mutating func key(_ event: YAMLEvent) throws(YAMLError) -> String {
        switch try node(event) {
        case .string(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .number(let value): return JSONWriter.text(of: value)
        case .null:
            throw reader.error(.notJSON, "a key is missing or null; quote it if it is meant as a text", at: event.mark)
        case .array, .object:
            throw reader.error(.notJSON, "a key must be a scalar; JSON has no other keys", at: event.mark)
        }
    }

    private func merging(_ value: JSON, _ mark: YAMLMark) throws(YAMLError) -> [JSONObject] {
        switch value {
        case .object(let members): return [members]
        case .array(let elements) where elements.allSatisfy { $0.objectValue != nil }:
            return elements.compactMap(\.objectValue)
        default:
            throw reader.error(
                .notJSON, "the value of << must be a mapping or a sequence of mappings", at: mark)
        }
    }
}
