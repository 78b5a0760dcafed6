extension FunctionLibrary {
    /// Positions count Unicode scalars.
    static let strings = FunctionLibrary(
        """
        contains .contains_string(string, string) -> bool
        startsWith .starts_with_string(string, string) -> bool
        endsWith .ends_with_string(string, string) -> bool
        charAt .string_char_at_int(string, int) -> string
        indexOf .string_index_of_string(string, string) -> int
        indexOf .string_index_of_string_int(string, string, int) -> int
        lastIndexOf .string_last_index_of_string(string, string) -> int
        lastIndexOf .string_last_index_of_string_int(string, string, int) -> int
        lowerAscii .string_lower_ascii(string) -> string
        upperAscii .string_upper_ascii(string) -> string
        replace .string_replace_string_string(string, string, string) -> string
        replace .string_replace_string_string_int(string, string, string, int) -> string
        split .string_split_string(string, string) -> list(string)
        split .string_split_string_int(string, string, int) -> list(string)
        substring .string_substring_int(string, int) -> string
        substring .string_substring_int_int(string, int, int) -> string
        trim .string_trim(string) -> string
        join .list_join(list(string)) -> string
        join .list_join_string(list(string), string) -> string
        strings.quote strings_quote(string) -> string
        """,
        [
            "contains": { arguments throws(EvaluationError) in
                let (text, part) = (try arguments[0].string(), try arguments[1].string())
                return .bool(firstIndex(of: Array(part.utf8), in: Array(text.utf8), from: 0) != nil)
            },
            "startsWith": { arguments throws(EvaluationError) in
                .bool(try arguments[0].string().utf8.starts(with: try arguments[1].string().utf8))
            },
            "endsWith": { arguments throws(EvaluationError) in
                .bool(try arguments[0].string().utf8.reversed().starts(with: try arguments[1].string().utf8.reversed()))
            },
            "charAt": { arguments throws(EvaluationError) in
                let (text, index) = (try arguments[0].scalars(), try arguments[1].int())
                if index == text.count { return .string("") }
                guard index >= 0, index < text.count else { throw .invalid("index out of range: \(index)") }
                return .string(CollectionOfOne(text[Int(index)]))
            },
            "indexOf": { arguments throws(EvaluationError) in
                let (text, part) = (try arguments[0].scalars(), try arguments[1].scalars())
                let start = arguments.count > 2 ? try arguments[2].int() : 0
                guard start >= 0, start <= text.count else { throw .invalid("index out of range: \(start)") }
                return .int(Int64(firstIndex(of: part, in: text, from: Int(start)) ?? -1))
            },
            "lastIndexOf": { arguments throws(EvaluationError) in
                let (text, part) = (try arguments[0].scalars(), try arguments[1].scalars())
                let last = arguments.count > 2 ? try arguments[2].int() : Int64(text.count)
                guard last >= 0, last <= text.count else { throw .invalid("index out of range: \(last)") }
                guard part.count <= text.count else { return .int(-1) }
                let start = min(Int(last), text.count - part.count)
                let found = (0...start).last { text[$0...].starts(with: part) }
                return .int(Int64(found ?? -1))
            },
            "lowerAscii": { arguments throws(EvaluationError) in
                .string(
                    try arguments[0].scalars().map {
                        ("A"..."Z").contains($0) ? Unicode.Scalar(UInt8($0.value + 32)) : $0
                    }
                )
            },
            "upperAscii": { arguments throws(EvaluationError) in
                .string(
                    try arguments[0].scalars().map {
                        ("a"..."z").contains($0) ? Unicode.Scalar(UInt8($0.value - 32)) : $0
                    }
                )
            },
            "replace": { arguments throws(EvaluationError) in
                let limit = arguments.count > 3 ? try arguments[3].int() : -1
                return .string(
                    replaced(
                        try arguments[1].scalars(), with: try arguments[2].scalars(), in: try arguments[0].scalars(),
                        limit: limit < 0 ? .max : Int(limit)))
            },
            "split": { arguments throws(EvaluationError) in
                let limit = arguments.count > 2 ? try arguments[2].int() : -1
                return .list(
                    split(try arguments[0].scalars(), at: try arguments[1].scalars(), limit: limit).map { .string($0) })
            },
            "substring": { arguments throws(EvaluationError) in
                let (text, start) = (try arguments[0].scalars(), try arguments[1].int())
                let end = arguments.count > 2 ? try arguments[2].int() : Int64(text.count)
                guard start >= 0, start <= text.count else { throw .invalid("index out of range: \(start)") }
                guard end >= 0, end <= text.count else { throw .invalid("index out of range: \(end)") }
                guard start <= end else {
                    throw .invalid("invalid substring range. start: \(start), end: \(end)")
                }
                return .string(text[Int(start)..<Int(end)])
            },
            "trim": { arguments throws(EvaluationError) in
                let text = try arguments[0].scalars()
                guard let first = text.firstIndex(where: { !$0.properties.isWhitespace }),
                    let last = text.lastIndex(where: { !$0.properties.isWhitespace })
                else { return .string("") }
                return .string(text[first...last])
            },
            "join": { arguments throws(EvaluationError) in
                let separator = arguments.count > 1 ? try arguments[1].string() : ""
                var joined = ""
                for (index, element) in try arguments[0].list().elements().enumerated() {
                    if index > 0 { joined += separator }
                    joined += try element.string()
                }
                return .string(joined)
            },
            "strings.quote": { arguments throws(EvaluationError) in .string(quoted(try arguments[0].string())) },
        ])

    private static func firstIndex<T: Equatable>(of part: [T], in text: [T], from start: Int) -> Int? {
        guard part.count <= text.count - start else { return nil }
        return (start...(text.count - part.count)).first { text[$0...].starts(with: part) }
    }

    /// An empty part stands before every scalar and at the end.
    private static func replaced(
        _ part: [Unicode.Scalar], with new: [Unicode.Scalar], in text: [Unicode.Scalar], limit: Int
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var count = 0
        var index = 0
        while index <= text.count {
            if count < limit, text[index...].starts(with: part) {
                result += new
                count += 1
                index += part.count
                if !part.isEmpty { continue }
            }
            if index < text.count { result.append(text[index]) }
            index += 1
        }
        return result
    }

    private static func split(
        _ text: [Unicode.Scalar], at separator: [Unicode.Scalar], limit: Int64
    ) -> [[Unicode.Scalar]] {
        if limit == 0 { return [] }
        let limit = limit < 0 ? Int.max : Int(limit)
        var parts: [[Unicode.Scalar]] = []
        var start = 0
        if separator.isEmpty {
            while start < text.count, parts.count < limit - 1 {
                parts.append([text[start]])
                start += 1
            }
            return start < text.count ? parts + [Array(text[start...])] : parts
        }
        while parts.count < limit - 1, let index = firstIndex(of: separator, in: text, from: start) {
            parts.append(Array(text[start..<index]))
            start = index + separator.count
        }
        parts.append(Array(text[start...]))
        return parts
    }

    static func quoted(_ text: String) -> String {
        let escapes: [Unicode.Scalar: String] = [
            "\u{07}": "\\a", "\u{08}": "\\b", "\u{0C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{0B}": "\\v",
            "\\": "\\\\", "\"": "\\\"",
        ]
        return "\"" + text.unicodeScalars.map { escapes[$0] ?? String($0) }.joined() + "\""
    }
}
