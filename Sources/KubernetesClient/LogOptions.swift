/// Which part of a container's log is read.
public struct LogOptions: Sendable, Hashable {
    /// Needed where the pod has several containers.
    public var container: String?
    /// Goes on with what is written from now on.
    public var follow: Bool
    /// The log of the container's last run that has ended.
    public var previous: Bool
    public var tailLines: Int?
    public var sinceSeconds: Int?
    /// Begins each line with its RFC 3339 time.
    public var timestamps: Bool
    public var limitBytes: Int?

    public init(
        container: String? = nil,
        follow: Bool = false,
        previous: Bool = false,
        tailLines: Int? = nil,
        sinceSeconds: Int? = nil,
        timestamps: Bool = false,
        limitBytes: Int? = nil
    ) {
        self.container = container
        self.follow = follow
        self.previous = previous
        self.tailLines = tailLines
        self.sinceSeconds = sinceSeconds
        self.timestamps = timestamps
        self.limitBytes = limitBytes
    }
}
