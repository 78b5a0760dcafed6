/// What a watch asks for, and how long it may last.
public struct WatchOptions: Sendable, Hashable {
    /// As in the API's query: `app=web,tier!=front`.
    public var labelSelector: String?
    /// As in the API's query: `metadata.name=web`.
    public var fieldSelector: String?
    /// Changes after this version are reported. `nil`: the present state comes first, as synthetic added events.
    public var resourceVersion: String?
    /// Ask for bookmarks, which carry the version reached so far.
    public var allowBookmarks: Bool
    /// Ask for the present state as added events, ended by a bookmark whose `initialEventsEnd` is true. Servers that cannot
    /// do this answer 422.
    public var sendInitialEvents: Bool
    /// After this many seconds the server ends the watch; `nil`: a random time in `WatchOptions.timeoutRangeSeconds`, so that
    /// many watches do not end at once. The client gives up `clientGraceSeconds` later.
    public var timeoutSeconds: Int?
    /// Once a bookmark has been seen the server is known to send them about once a minute; from then on this many seconds
    /// without a byte break the watch with `HTTPTransportError.silent`. `nil`: never.
    public var silenceSeconds: Double?
    /// A longer line breaks the watch.
    public var maxLineBytes: Int

    /// Asks the server for a pause after each piece of events, where it knows of that (`WatchPause`).
    package var pauseMilliseconds: Int?

    public static let timeoutRangeSeconds = 180...220
    public static let clientGraceSeconds = 5.0

    public init(
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        resourceVersion: String? = nil,
        allowBookmarks: Bool = true,
        sendInitialEvents: Bool = false,
        timeoutSeconds: Int? = nil,
        silenceSeconds: Double? = 150,
        maxLineBytes: Int = 16 << 20
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.allowBookmarks = allowBookmarks
        self.sendInitialEvents = sendInitialEvents
        self.timeoutSeconds = timeoutSeconds
        self.silenceSeconds = silenceSeconds
        self.maxLineBytes = maxLineBytes
    }
}
