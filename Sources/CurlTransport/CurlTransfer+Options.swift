internal import CLibcurl
internal import HTTPTransport

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

// The request as libcurl's options.
extension CurlTransfer {
    func configure(
        _ address: URLAddress, _ configuration: CurlTransport.Configuration, _ sockets: SocketTable
    ) throws(HTTPTransportError) {
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_NOSIGNAL, 1)
        // Else the removal of a transfer would wait for the name to be resolved.
        try set(CURLOPT_QUICK_EXIT, 1)
        try setTimes()
        try setConnection(configuration)
        setSockets(sockets)
        try setProxy(configuration.proxy.proxy(for: address), configuration.tls)
        if address.isSecure { try setSecurity(configuration.tls) }
        let hostHeader = try setAddress(address, serverName: configuration.tls.serverName)
        try setMessage(hostHeader: hostHeader, userAgent: configuration.userAgent)
    }

    private func setTimes() throws(HTTPTransportError) {
        // The driver keeps the whole exchange's time; libcurl forgets it while a transfer waits for another's connection.
        try set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(request.connectTimeoutSeconds))
    }

    private func setConnection(_ configuration: CurlTransport.Configuration) throws(HTTPTransportError) {
        switch request.connection {
        case .shared:
            try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
            // Wait for a connection that is being made, to learn whether it multiplexes, instead of making another.
            try set(CURLOPT_PIPEWAIT, 1)
            try set(CURLOPT_MAXAGE_CONN, configuration.maxIdleSeconds)
            try set(CURLOPT_MAXLIFETIME_CONN, configuration.maxConnectionLifetimeSeconds)
            try set(CURLOPT_BUFFERSIZE, Self.sharedBufferBytes)
        case .dedicated:
            try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
            try set(CURLOPT_FRESH_CONNECT, 1)
            try set(CURLOPT_FORBID_REUSE, 1)
            try set(CURLOPT_UPLOAD_BUFFERSIZE, Self.dedicatedUploadBufferBytes)
        }
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_TCP_KEEPIDLE, configuration.keepAliveSeconds)
        try set(CURLOPT_TCP_KEEPINTVL, max(configuration.keepAliveSeconds / 3, 1))
    }

    private func setSockets(_ sockets: SocketTable) {
        // A connection outlives the transfer that made it, and so do these: the table lives as long as the multi handle.
        let context = Unmanaged.passUnretained(sockets).toOpaque()
        clibcurl_set_pointer(raw, CURLOPT_SOCKOPTDATA, context)
        clibcurl_set_socket_callback(raw) { context, socket, purpose in
            if purpose == CURLSOCKTYPE_IPCXN { SocketTable.of(context)?.add(socket) }
            return CURL_SOCKOPT_OK
        }
        clibcurl_set_pointer(raw, CURLOPT_CLOSESOCKETDATA, context)
        clibcurl_set_close_callback(raw) { context, socket in
            SocketTable.of(context)?.remove(socket)
            return close(socket)
        }
    }

    private func setProxy(_ proxy: String?, _ tls: TLSConfiguration) throws(HTTPTransportError) {
        // Empty strings, not absence, keep libcurl from asking the environment.
        try set(CURLOPT_NOPROXY, "")
        guard let proxy else { return try set(CURLOPT_PROXY, "") }
        // The proxy resolves the name, as with Go: often only it can.
        try set(CURLOPT_PROXY, proxy.hasPrefix("socks5://") ? "socks5h://\(proxy.dropFirst("socks5://".count))" : proxy)
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        guard proxy.hasPrefix("https://") else { return }
        try set(CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        try set(CURLOPT_PROXY_SSL_VERIFYPEER, tls.verifyServer ? 1 : 0)
        try set(CURLOPT_PROXY_SSL_VERIFYHOST, tls.verifyServer ? 2 : 0)
        if let authorities = tls.authorities {
            try set(file: CURLOPT_PROXY_CAINFO, blob: CURLOPT_PROXY_CAINFO_BLOB, authorities)
            try check(clibcurl_set_string(raw, CURLOPT_PROXY_CAPATH, nil), "CURLOPT_PROXY_CAPATH")
        }
    }

    private func setSecurity(_ tls: TLSConfiguration) throws(HTTPTransportError) {
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        try set(CURLOPT_SSL_VERIFYPEER, tls.verifyServer ? 1 : 0)
        try set(CURLOPT_SSL_VERIFYHOST, tls.verifyServer ? 2 : 0)
        // A session that is resumed is neither verified again nor shown a rotated certificate.
        try set(CURLOPT_SSL_SESSIONID_CACHE, 0)
        if let authorities = tls.authorities {
            try set(file: CURLOPT_CAINFO, blob: CURLOPT_CAINFO_BLOB, authorities)
            // libcurl would trust the system's folder of authorities besides.
            try check(clibcurl_set_string(raw, CURLOPT_CAPATH, nil), "CURLOPT_CAPATH")
            // libcurl would keep what it read from the file for a day, rotated or not.
            try set(CURLOPT_CA_CACHE_TIMEOUT, 0)
        }
        if let identity = request.identity ?? tls.identity {
            try set(file: CURLOPT_SSLCERT, blob: CURLOPT_SSLCERT_BLOB, identity.certificate)
            try set(file: CURLOPT_SSLKEY, blob: CURLOPT_SSLKEY_BLOB, identity.key)
        }
    }

    /// Sets the URL. libcurl verifies the name in it: where that is to be another one, the URL gets the other name and the
    /// connection goes to the original address.
    ///
    /// - Returns: A `Host` header that still says what the caller asked for.
    private func setAddress(_ address: URLAddress, serverName: String?) throws(HTTPTransportError) -> String? {
        guard address.isSecure, let serverName, serverName != address.host else {
            try set(CURLOPT_URL, request.url)
            return nil
        }
        try set(CURLOPT_URL, address.url(host: serverName))
        connectList.append("\(serverName):\(address.port):\(address.host):\(address.port)")
        clibcurl_set_pointer(raw, CURLOPT_CONNECT_TO, connectList.raw)
        return address.authority
    }

    private func setMessage(hostHeader: String?, userAgent: String) throws(HTTPTransportError) {
        switch (request.method, request.body) {
        case (.head, _):
            try set(CURLOPT_NOBODY, 1)
        case (_, let body?):
            let code = body.withUnsafeBytes { clibcurl_set_body(raw, $0.baseAddress, $0.count) }
            try check(code, "the body")
        case (.post, nil), (.put, nil), (.patch, nil):
            try check(clibcurl_set_body(raw, nil, 0), "the body")
        case (.get, nil), (.delete, nil):
            try set(CURLOPT_HTTPGET, 1)
        }
        if request.method != .head { try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
        try set(CURLOPT_USERAGENT, userAgent)

        // libcurl adds these by itself where they are not mentioned; a name with nothing behind it keeps it from doing so.
        headerList.append("Expect:")
        if request.headers["Content-Type"] == nil { headerList.append("Content-Type:") }
        if let hostHeader, request.headers["Host"] == nil { headerList.append("Host: \(hostHeader)") }
        for field in request.headers.fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isNameByte),
                !field.value.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") })
            else {
                throw HTTPTransportError(
                    .badRequest, "the header field \"\(field.name)\" holds characters that HTTP does not allow",
                    wasNotSent: true)
            }
            headerList.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        clibcurl_set_pointer(raw, CURLOPT_HTTPHEADER, headerList.raw)
    }
}

extension CurlTransfer {
    /// Most dedicated requests are watches, which send a head and then stay. libcurl would keep 64 KiB for each; this is the least that it
    /// takes.
    private static let dedicatedUploadBufferBytes = 16 << 10
    /// Lists of objects are long; other transfers keep libcurl's smaller buffer.
    private static let sharedBufferBytes = 64 << 10

    /// At least 1: libcurl takes 0 for no limit.
    private static func milliseconds(_ seconds: Double) -> Int {
        Int(min(max((seconds * 1000).rounded(.up), 1), Double(Int32.max)))
    }

    /// RFC 9110, section 5.6.2: tchar.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(HTTPTransportError) {
        try check(clibcurl_set_long(raw, option, value), "option \(option.rawValue)")
    }

    private func set(_ option: CURLoption, _ value: String) throws(HTTPTransportError) {
        guard !value.utf8.contains(0) else {
            throw HTTPTransportError(
                .badRequest, "the request or the TLS configuration holds a zero byte", wasNotSent: true)
        }
        try check(clibcurl_set_string(raw, option, value), "option \(option.rawValue) to \"\(value)\"")
    }

    private func set(
        file: CURLoption, blob: CURLoption, _ material: TLSConfiguration.Material
    ) throws(HTTPTransportError) {
        switch material {
        case .file(let path): try set(file, path)
        case .inline(let bytes):
            let code = bytes.withUnsafeBytes { clibcurl_set_blob(raw, blob, $0.baseAddress, $0.count) }
            try check(code, "option \(blob.rawValue)")
        }
    }

    private func check(_ code: CURLcode, _ what: String) throws(HTTPTransportError) {
        guard code != CURLE_OK else { return }
        throw HTTPTransportError(
            .badRequest, "libcurl refuses \(what): \(String(cString: curl_easy_strerror(code)))", wasNotSent: true)
    }
}
