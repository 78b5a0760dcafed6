/// Tasks that are taken to last alike: those of one type whose inputs are of about the same size.
package struct WorkClass: Codable, Sendable, Hashable, Comparable {
    package var type: String
    /// No input of the class is larger; `nil`: all that are larger than the largest bound.
    package var maxInputBytes: Int?

    /// Bounds of the sizes: a factor of four apart, so that times that grow with the size differ less within a class than between
    /// the ends of it.
    private static let bounds = [1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20]

    package init(type: String, inputBytes: Int) {
        self.type = type
        maxInputBytes = Self.bounds.first { inputBytes <= $0 }
    }

    package static func < (left: WorkClass, right: WorkClass) -> Bool {
        (left.type, left.maxInputBytes ?? .max) < (right.type, right.maxInputBytes ?? .max)
    }
}
