extension FunctionLibrary {
    static let urls = FunctionLibrary(
        """
        url string_to_url(string) -> url
        isURL is_url_string(string) -> bool
        getScheme .url_get_scheme(url) -> string
        getHost .url_get_host(url) -> string
        getHostname .url_get_hostname(url) -> string
        getPort .url_get_port(url) -> string
        getEscapedPath .url_get_escaped_path(url) -> string
        getQuery .url_get_query(url) -> map(string, list(string))
        """,
        [
            "url": { arguments throws(EvaluationError) in
                let text = try arguments[0].string()
                guard let url = URLText(text) else {
                    throw .invalid("URL parse error during conversion from string: parse \"\(text)\": invalid URI")
                }
                return .url(url)
            },
            "isURL": { arguments throws(EvaluationError) in .bool(URLText(try arguments[0].string()) != nil) },
            "getScheme": { arguments throws(EvaluationError) in .string(try arguments[0].url().scheme) },
            "getHost": { arguments throws(EvaluationError) in .string(try arguments[0].url().host) },
            "getHostname": { arguments throws(EvaluationError) in .string(try arguments[0].url().hostname) },
            "getPort": { arguments throws(EvaluationError) in .string(try arguments[0].url().port) },
            "getEscapedPath": { arguments throws(EvaluationError) in .string(try arguments[0].url().escapedPath) },
            "getQuery": { arguments throws(EvaluationError) in
                var names: [String] = []
                var values: [String: [Value]] = [:]
                for (name, value) in try arguments[0].url().query {
                    if values[name] == nil { names.append(name) }
                    values[name, default: []].append(.string(value))
                }
                var query = MapValue()
                for name in names { try query.insert(.list(values[name] ?? []), for: .string(name)) }
                return .map(query)
            },
        ])
}
