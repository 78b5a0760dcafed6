import Glibc

/// Watches over what OpenSSL does as a process exits, for exit tests.
package enum OpenSSLExit {
    /// What a process ends with in which OpenSSL clears itself up.
    package static let clearingCode: Int32 = 77

    /// Uses OpenSSL, as anything in the process might, and has the process end with `clearingCode` should it clear itself up.
    /// - Returns: whether OpenSSL is there.
    package static func watch() -> Bool {
        guard let initialise = dlsym(nil, "OPENSSL_init_crypto"), let register = dlsym(nil, "OPENSSL_atexit") else {
            return false
        }
        typealias Initialise = @convention(c) (UInt64, UnsafeRawPointer?) -> Int32
        typealias Register = @convention(c) (@convention(c) () -> Void) -> Int32
        let loadingStrings: UInt64 = 2
        _ = unsafeBitCast(initialise, to: Initialise.self)(loadingStrings, nil)
        return unsafeBitCast(register, to: Register.self)({ _exit(OpenSSLExit.clearingCode) }) == 1
    }
}
