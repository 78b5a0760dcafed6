import BenchmarkSupport
import CLibssl
import Foundation

/// A client's side of TLS connections to 127.0.0.1, on OpenSSL alone: hundreds of them fit beside the server that they measure. For
/// one thread.
final class TLSClient {
    private let context: OpaquePointer

    /// - Parameter authority: whose certificates are trusted, in PEM.
    init(authority: [UInt8]) throws {
        guard let context = SSL_CTX_new(TLS_client_method()), das_require_tls12(context) == 1,
            let memory = BIO_new_mem_buf(authority, Int32(authority.count))
        else { throw BenchmarkFailure("OpenSSL cannot be set up") }
        defer { BIO_free(memory) }
        self.context = context
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        guard let certificate = PEM_read_bio_X509(memory, nil, nil, nil) else {
            throw BenchmarkFailure("the authority's certificate cannot be read")
        }
        defer { X509_free(certificate) }
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate)
    }

    deinit { SSL_CTX_free(context) }

    /// A connection that has been made; reading from it waits until `setNonBlocking`.
    func connect(port: Int) throws -> Connection {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafeBytes(of: &address) { bytes in
            bytes.baseAddress.map {
                Glibc.connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            }
        }
        guard connected == 0, let handle = SSL_new(context) else {
            close(descriptor)
            throw BenchmarkFailure("cannot connect to 127.0.0.1:\(port): errno \(errno)")
        }
        let connection = Connection(handle, descriptor)
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), "127.0.0.1")
        SSL_set_fd(handle, descriptor)
        // One call of the system brings all that has come.
        SSL_set_read_ahead(handle, 1)
        guard SSL_connect(handle) == 1 else {
            throw BenchmarkFailure("127.0.0.1:\(port) and OpenSSL do not agree: \(SSL_get_verify_result(handle))")
        }
        return connection
    }

    final class Connection {
        private let handle: OpaquePointer
        let descriptor: Int32

        fileprivate init(_ handle: OpaquePointer, _ descriptor: Int32) {
            self.handle = handle
            self.descriptor = descriptor
        }

        deinit {
            SSL_free(handle)
            close(descriptor)
        }

        /// Whether there may be more to read without asking the system.
        var hasPending: Bool { SSL_has_pending(handle) == 1 }

        func setNonBlocking() { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) }

        func write(_ bytes: [UInt8]) throws {
            guard SSL_write(handle, bytes, Int32(bytes.count)) == bytes.count else {
                throw BenchmarkFailure("a request cannot be written")
            }
        }

        /// - Returns: how many bytes came; `nil`: none are there now.
        /// - Throws: `BenchmarkFailure` where the connection has ended.
        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int? {
            let count = SSL_read(handle, buffer.baseAddress, Int32(buffer.count))
            if count > 0 { return Int(count) }
            guard SSL_get_error(handle, count) == SSL_ERROR_WANT_READ else {
                throw BenchmarkFailure("the server has ended a connection")
            }
            return nil
        }
    }
}
