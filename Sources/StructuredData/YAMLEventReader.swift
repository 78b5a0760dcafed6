import CLibyaml

/// A step of a YAML text, copied out of libyaml.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(YAMLScalar)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    var kind: Kind
    var anchor: String?
    var mark: YAMLMark
}

/// A place in a text, from 1.
struct YAMLMark {
    var line: Int
    var column: Int
}

/// Pulls events out of a libyaml parser, which it owns.
struct YAMLEventReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// The parser reads from here without a copy, so the bytes stay where they are as long as it does.
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let file: String?

    init(_ bytes: [UInt8], file: String?) {
        self.file = file
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        // It fails only where memory is exhausted.
        precondition(yaml_parser_initialize(parser) == 1, "libyaml could not allocate a parser")
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    mutating func next() throws(YAMLError) -> YAMLEvent {
        let event = EventHandle(parsedBy: parser)
        guard event.isComplete else { throw failure() }
        return event.copy()
    }

    /// One of libyaml's events, whose strings belong to it.
    private struct EventHandle: ~Copyable {
        private var event = yaml_event_t()
        let isComplete: Bool

        init(parsedBy parser: UnsafeMutablePointer<yaml_parser_t>) {
            isComplete = yaml_parser_parse(parser, &event) == 1
        }

        deinit {
            var event = event
            yaml_event_delete(&event)
        }

        func copy() -> YAMLEvent {
            var anchor: UnsafeMutablePointer<yaml_char_t>?
            let kind: YAMLEvent.Kind
            switch event.type {
            case YAML_STREAM_START_EVENT: kind = .streamStart
            case YAML_DOCUMENT_START_EVENT: kind = .documentStart
            case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
            case YAML_ALIAS_EVENT: kind = .alias(text(event.data.alias.anchor) ?? "")
            case YAML_SEQUENCE_START_EVENT:
                anchor = event.data.sequence_start.anchor
                kind = .sequenceStart
            case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
            case YAML_MAPPING_START_EVENT:
                anchor = event.data.mapping_start.anchor
                kind = .mappingStart
            case YAML_MAPPING_END_EVENT: kind = .mappingEnd
            case YAML_SCALAR_EVENT:
                let scalar = event.data.scalar
                anchor = scalar.anchor
                let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
                kind = .scalar(
                    YAMLScalar(
                        text: String(decoding: bytes, as: UTF8.self), tag: text(scalar.tag),
                        isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE))
            default: kind = .streamEnd
            }
            let mark = YAMLMark(line: event.start_mark.line + 1, column: event.start_mark.column + 1)
            return YAMLEvent(kind: kind, anchor: text(anchor), mark: mark)
        }

        private func text(_ characters: UnsafeMutablePointer<yaml_char_t>?) -> String? {
            characters.map { String(cString: $0) }
        }
    }

    // MARK: - Errors

    func error(_ code: YAMLError.Code, _ message: String, at mark: YAMLMark) -> YAMLError {
        YAMLError(code, message, file: file, line: mark.line, column: mark.column)
    }

    /// What libyaml says is wrong, with a hint where its words do not give away the usual cause.
    private func failure() -> YAMLError {
        let state = parser.pointee
        var problem = state.problem.map { String(cString: $0) } ?? "the text is not YAML"
        if state.error == YAML_MEMORY_ERROR { problem = "out of memory" }
        if state.error == YAML_READER_ERROR { return error(.syntax, problem, at: mark(ofByte: state.problem_offset)) }

        let mark = YAMLMark(line: state.problem_mark.line + 1, column: state.problem_mark.column + 1)
        if let context = state.context {
            problem += " (\(String(cString: context)) from line \(state.context_mark.line + 1))"
        }
        if isIndentedByTab(mark.line) {
            problem += "; indent with spaces, YAML does not allow tabs there"
        } else if problem.hasPrefix("mapping values are not allowed") {
            problem += "; check the indentation, and quote a text that contains ': '"
        }
        return error(.syntax, problem, at: mark)
    }

    private func mark(ofByte offset: Int) -> YAMLMark {
        var mark = YAMLMark(line: 1, column: 1)
        for byte in input.prefix(offset) {
            if byte == 0x0A {
                mark = YAMLMark(line: mark.line + 1, column: 1)
            } else if byte & 0xC0 != 0x80 {
                mark.column += 1
            }
        }
        return mark
    }

    private func isIndentedByTab(_ line: Int) -> Bool {
        var rest = input[...]
        for _ in 1..<max(line, 1) {
            guard let end = rest.firstIndex(of: 0x0A) else { return false }
            rest = rest[(end + 1)...]
        }
        return rest.first { $0 != 0x20 } == 0x09
    }
}
