internal import CLibcurl
internal import HTTPTransport

/// How a transfer failed, in libcurl's words, and what that means in ours.
struct CurlFailure {
    var code: CURLcode
    /// libcurl's own description; may be empty.
    var text: String
    var stop: CurlTransfer.Stop?
    /// Whether libcurl began to send the request.
    var wasSent: Bool
    var summary: String
    var maxResponseBytes: Int
    var maxStreamBufferBytes: Int

    var error: HTTPTransportError {
        switch stop {
        case .responseTooLarge:
            return HTTPTransportError(
                .responseTooLarge, "\(summary): the response is longer than \(maxResponseBytes) bytes")
        case .streamOverflow:
            return HTTPTransportError(
                .streamOverflow, "\(summary): the stream's reader is more than \(maxStreamBufferBytes) bytes behind")
        case .repetition:
            return HTTPTransportError(
                .connectionLost,
                "\(summary): the connection broke before the answer came; the request may have been done")
        case nil:
            let reason = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
            return HTTPTransportError(errorCode, "\(summary): \(reason)", wasNotSent: !wasSent)
        }
    }

    private var errorCode: HTTPTransportError.Code {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY,
            CURLE_NO_CONNECTION_AVAILABLE, CURLE_INTERFACE_FAILED:
            .cannotConnect
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
            .tls
        // libcurl does not tell a handshake that the peer broke off from one that it refused.
        case CURLE_SSL_CONNECT_ERROR: isBrokenOff ? .connectionLost : .tls
        // With TLS 1.3 the peer's refusal of our certificate arrives after the handshake.
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR: isAlert ? .tls : isRefusedByProxy ? .cannotConnect : .connectionLost
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION,
            CURLE_NOT_BUILT_IN:
            .badRequest
        default: .connectionLost
        }
    }

    private var isBrokenOff: Bool {
        ["SSL_ERROR_SYSCALL", "onnection reset", "unexpected eof", "onnection closed"].contains { text.contains($0) }
    }

    private var isRefusedByProxy: Bool { !wasSent && text.contains("CONNECT tunnel failed") }

    private var isAlert: Bool { text.contains("alert") }
}
