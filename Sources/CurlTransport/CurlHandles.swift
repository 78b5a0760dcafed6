internal import CLibcurl

/// An easy handle: one transfer. Belongs to the thread that made it.
struct EasyHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer

    init?() {
        guard let raw = curl_easy_init() else { return nil }
        self.raw = raw
    }

    deinit { curl_easy_cleanup(raw) }
}

/// A list of strings as libcurl keeps it. It must outlive the transfer that uses it.
struct StringList: ~Copyable {
    private(set) var raw: UnsafeMutablePointer<curl_slist>?

    init() { raw = nil }

    deinit { curl_slist_free_all(raw) }

    mutating func append(_ string: String) {
        // Only without memory is there no new head; the old list is then still good.
        if let head = curl_slist_append(raw, string) { raw = head }
    }
}

/// A multi handle: transfers that run together, with their connections. Belongs to the thread that made it.
struct MultiHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer
    /// Told of the sockets that are closed with the handle.
    let sockets: SocketTable

    init?(_ sockets: SocketTable) {
        guard let raw = curl_multi_init() else { return nil }
        self.raw = raw
        self.sockets = sockets
    }

    deinit { curl_multi_cleanup(raw) }
}

/// Interrupts the waiting of a multi handle's thread.
///
/// `@unchecked Sendable`: `curl_multi_wakeup` is the one function that may be called from any thread. The holder sees to it
/// that the handle is still there.
struct MultiWaker: @unchecked Sendable {
    private let raw: UnsafeMutableRawPointer

    init(_ multi: borrowing MultiHandle) { raw = multi.raw }

    func wake() { curl_multi_wakeup(raw) }
}
