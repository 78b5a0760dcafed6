import CLibyaml

/// Writes values as YAML by a libyaml emitter, which it owns.
struct YAMLWriter: ~Copyable {
    private final class Output {
        var bytes: [UInt8] = []
    }

    private let emitter: UnsafeMutablePointer<yaml_emitter_t>
    private let output = Output()

    init() {
        emitter = .allocate(capacity: 1)
        emitter.initialize(to: yaml_emitter_t())
        // It fails only where memory is exhausted.
        precondition(yaml_emitter_initialize(emitter) == 1, "libyaml could not allocate an emitter")
        yaml_emitter_set_output(
            emitter,
            { output, bytes, count in
                guard let output else { return 0 }
                let buffer = UnsafeBufferPointer(start: bytes, count: count)
                Unmanaged<Output>.fromOpaque(output).takeUnretainedValue().bytes.append(contentsOf: buffer)
                return 1
            }, Unmanaged.passUnretained(output).toOpaque())
        yaml_emitter_set_encoding(emitter, YAML_UTF8_ENCODING)
        yaml_emitter_set_unicode(emitter, 1)
        yaml_emitter_set_indent(emitter, 2)
        // No line is folded: long texts stay searchable, as kubectl writes them.
        yaml_emitter_set_width(emitter, -1)
    }

    deinit {
        yaml_emitter_delete(emitter)
        emitter.deallocate()
    }

    mutating func text(of documents: [JSON]) -> String {
        emit { yaml_stream_start_event_initialize(&$0, YAML_UTF8_ENCODING) }
        for (index, document) in documents.enumerated() {
            emit { yaml_document_start_event_initialize(&$0, nil, nil, nil, index == 0 ? 1 : 0) }
            write(document)
            emit { yaml_document_end_event_initialize(&$0, 1) }
        }
        emit { yaml_stream_end_event_initialize(&$0) }
        return String(decoding: output.bytes, as: UTF8.self)
    }

    private func write(_ value: JSON) {
        switch value {
        case .null: scalar("null", YAML_PLAIN_SCALAR_STYLE)
        case .bool(let value): scalar(value ? "true" : "false", YAML_PLAIN_SCALAR_STYLE)
        case .integer, .number: scalar(value.text(), YAML_PLAIN_SCALAR_STYLE)
        case .string(let text): scalar(text, style(of: text))
        case .array(let elements):
            let style = elements.isEmpty ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE
            emit { yaml_sequence_start_event_initialize(&$0, nil, nil, 1, style) }
            for element in elements { write(element) }
            emit { yaml_sequence_end_event_initialize(&$0) }
        case .object(let members):
            let style = members.isEmpty ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE
            emit { yaml_mapping_start_event_initialize(&$0, nil, nil, 1, style) }
            for (key, value) in members {
                scalar(key, self.style(of: key))
                write(value)
            }
            emit { yaml_mapping_end_event_initialize(&$0) }
        }
    }

    /// The style to ask for; the emitter takes a stronger one where the text does not allow it.
    private func style(of text: String) -> yaml_scalar_style_t {
        var hasBreak = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": hasBreak = true
            // Breaks that a reader would turn into "\n", and a byte order mark, which it may drop.
            case "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}": return YAML_DOUBLE_QUOTED_SCALAR_STYLE
            default: break
            }
        }
        if hasBreak {
            // A block that starts with space needs an indentation hint, which readers have disagreed about.
            let startsWithText = text.unicodeScalars.first.map { !" \t\n".unicodeScalars.contains($0) } ?? false
            return startsWithText ? YAML_LITERAL_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE
        }
        return YAMLScalar.needsQuotes(text) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE
    }

    private func scalar(_ text: String, _ style: yaml_scalar_style_t) {
        var text = text
        text.withUTF8 { bytes in
            // An empty buffer may have no address, and libyaml wants one.
            var nothing: UInt8 = 0
            withUnsafePointer(to: &nothing) { nowhere in
                let start = bytes.baseAddress ?? nowhere
                emit { yaml_scalar_event_initialize(&$0, nil, nil, start, Int32(clamping: bytes.count), 1, 1, style) }
            }
        }
    }

    /// Makes an event and hands it to the emitter, which owns it from then on.
    private func emit(_ initialize: (inout yaml_event_t) -> Int32) {
        var event = yaml_event_t()
        // Both fail only where memory is exhausted, or on a sequence of events that is no document.
        precondition(initialize(&event) == 1, "libyaml could not make an event")
        precondition(yaml_emitter_emit(emitter, &event) == 1, "libyaml could not write an event")
    }
}
