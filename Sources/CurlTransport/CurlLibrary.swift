internal import CLibcurl
internal import Synchronization
internal import SystemThreads

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What concerns libcurl as a whole: its initialisation, and leaving it in peace when the process exits.
enum CurlLibrary {
    private struct Reference: Sendable {
        weak var loop: CurlLoop?
    }

    private static let loops = Mutex<[ObjectIdentifier: Reference]>([:])
    private static let exitWaitSeconds = 1.0

    private static let isReady: Bool = {
        OpenSSLLibrary.keepUntilExit()
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else { return false }
        // Where somebody else has initialised OpenSSL, or libcurl uses another library, it is cleared up when the process exits,
        // while our threads may be inside it. Handlers run in reverse order: this one, being registered later, stops them first.
        atexit { CurlLibrary.parkThreads() }
        return true
    }()

    /// Initialises libcurl once.
    ///
    /// - Returns: Whether libcurl can be used.
    static func prepare() -> Bool { isReady }

    static func register(_ loop: CurlLoop) {
        loops.withLock { $0[ObjectIdentifier(loop)] = Reference(loop: loop) }
    }

    static func unregister(_ loop: CurlLoop) {
        _ = loops.withLock { $0.removeValue(forKey: ObjectIdentifier(loop)) }
    }

    private static func parkThreads() {
        let running = loops.withLock { $0.values.compactMap(\.loop) }
        for loop in running { loop.park() }
        for loop in running { _ = loop.waitForEnd(seconds: exitWaitSeconds) }
    }
}
