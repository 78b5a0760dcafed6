/// The metadata of a list, and of a Status (metav1.ListMeta).
public struct ListMeta: Codable, Sendable, Hashable {
    /// The state of the collection that the list shows; where a watch goes on from.
    public var resourceVersion: String?
    /// Opaque; set where more pages follow.
    public var `continue`: String?
    /// How many items follow, where the server knows.
    public var remainingItemCount: Int?

    public init(resourceVersion: String? = nil, continue: String? = nil, remainingItemCount: Int? = nil) {
        self.resourceVersion = resourceVersion
        self.continue = `continue`
        self.remainingItemCount = remainingItemCount
    }
}
