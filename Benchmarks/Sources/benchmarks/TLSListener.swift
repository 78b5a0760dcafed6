import BenchmarkSupport
import CLibssl
import Foundation

/// A TLS server on 127.0.0.1 with a certificate of its own making, one thread a connection, blocking: little enough that what is
/// measured is its client.
///
/// `@unchecked Sendable`: the context is only read once connections are accepted, and OpenSSL counts its references.
final class TLSListener: @unchecked Sendable {
    let port: Int
    /// The certificate, in PEM.
    let certificate: [UInt8]
    private let socket: Int32
    private let context: OpaquePointer

    init() throws {
        guard let context = SSL_CTX_new(TLS_server_method()), das_require_tls12(context) == 1,
            let key = das_new_key(), let certificate = X509_new()
        else { throw BenchmarkFailure("OpenSSL cannot be set up") }
        defer {
            EVP_PKEY_free(key)
            X509_free(certificate)
        }
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60)
        X509_gmtime_adj(X509_getm_notAfter(certificate), 86_400)
        X509_set_pubkey(certificate, key)
        let name = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(name, "CN", 0x1001, "localhost", -1, -1, 0)
        X509_set_issuer_name(certificate, name)
        guard das_add_extension(certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1") == 1,
            das_add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") == 1,
            X509_sign(certificate, key, EVP_sha256()) > 0, SSL_CTX_use_certificate(context, certificate) == 1,
            SSL_CTX_use_PrivateKey(context, key) == 1, let memory = BIO_new(BIO_s_mem())
        else { throw BenchmarkFailure("a certificate cannot be made") }
        defer { BIO_free(memory) }
        PEM_write_bio_X509(memory, certificate)
        var pem = [UInt8](repeating: 0, count: 8192)
        let length = BIO_read(memory, &pem, Int32(pem.count))
        self.certificate = Array(pem.prefix(Int(max(length, 0))))

        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listening = withUnsafeMutableBytes(of: &address) { bytes -> Int? in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                bind(socket, pointer, size) == 0, listen(socket, 64) == 0, getsockname(socket, pointer, &size) == 0
            else { return nil }
            return Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)))
        }
        guard let listening else { throw BenchmarkFailure("cannot listen on 127.0.0.1: errno \(errno)") }
        self.context = context
        self.socket = socket
        port = listening
    }

    /// Accepts until the process ends; `serve` gets each request's target, on the connection's thread.
    func run(_ serve: @escaping @Sendable (TLSConnection, _ target: String) -> Void) {
        while true {
            let descriptor = accept(socket, nil, nil)
            guard descriptor >= 0 else { continue }
            var yes: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
            Thread.detachNewThread { [self] in
                guard let connection = TLSConnection(context, descriptor) else { return }
                while let target = connection.nextTarget() { serve(connection, target) }
            }
        }
    }
}

/// One connection; used by its thread alone. `@unchecked Sendable` for the way to that thread.
final class TLSConnection: @unchecked Sendable {
    private let handle: OpaquePointer
    private let descriptor: Int32
    private var isOpen = true
    private var unread: [UInt8] = []

    fileprivate init?(_ context: OpaquePointer, _ descriptor: Int32) {
        self.descriptor = descriptor
        guard let handle = SSL_new(context) else {
            Glibc.close(descriptor)
            return nil
        }
        self.handle = handle
        SSL_set_fd(handle, descriptor)
        guard SSL_accept(handle) == 1 else { return nil }
    }

    deinit {
        SSL_free(handle)
        Glibc.close(descriptor)
    }

    /// The target of the next request; `nil` once the client is gone. Requests have no bodies here.
    fileprivate func nextTarget() -> String? {
        let end: [UInt8] = Array("\r\n\r\n".utf8)
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while isOpen {
            if let range = unread.firstRange(of: end) {
                let head = String(decoding: unread[..<range.lowerBound], as: UTF8.self)
                unread.removeSubrange(..<range.upperBound)
                let parts = head.split(separator: " ", maxSplits: 2)
                return parts.count > 1 ? String(parts[1]) : nil
            }
            let count = SSL_read(handle, &buffer, Int32(buffer.count))
            guard count > 0 else { return nil }
            unread += buffer.prefix(Int(count))
        }
        return nil
    }

    /// Returns whether the client is still there.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty, isOpen else { return isOpen }
        isOpen = SSL_write(handle, bytes, Int32(bytes.count)) > 0
        return isOpen
    }

    func respond(_ body: [UInt8], status: String = "200 OK") {
        write(
            Array("HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n".utf8))
        write(body)
    }

    /// Begins a body that lasts until `close`.
    func beginStream() {
        write(Array("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n".utf8))
    }

    func close() {
        isOpen = false
        SSL_shutdown(handle)
    }
}
