#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// The system's OpenSSL, which libcurl and libpq bring into the process, each thread of which leaves state in it.
package enum OpenSSLLibrary {
    /// `OPENSSL_INIT_NO_ATEXIT` of openssl/crypto.h.
    private static let noExitHandler: UInt64 = 0x0008_0000

    private static let isKept: Bool = {
        // Found in the process, since nothing here is compiled against it; a build of libcurl or libpq may use another library.
        guard let symbol = dlsym(nil, "OPENSSL_init_crypto") else { return false }
        let initialise = unsafeBitCast(
            symbol, to: (@convention(c) (UInt64, UnsafeRawPointer?) -> Int32).self)
        return initialise(noExitHandler, nil) == 1
    }()

    /// Has the library leave its memory to the kernel when the process exits. It would free it in a handler of `exit`, from under
    /// the threads that still use it or that are ending, which then crash.
    ///
    /// It must come before whatever else initialises the library: later it changes nothing.
    /// - Returns: whether the library is there and has been told.
    @discardableResult
    package static func keepUntilExit() -> Bool { isKept }
}
