/// Tasks that became ready in a stretch of time that ends now.
package struct ArrivalWindow: Codable, Sendable, Equatable {
    package var count: Int
    package var milliseconds: Int

    package init(count: Int, milliseconds: Int) {
        self.count = count
        self.milliseconds = milliseconds
    }

    package var seconds: Double { Double(milliseconds) / 1000 }

    /// Tasks a second. One arrival alone tells of no rate: what would need agents ready for the next one is not known to come.
    package var rate: Double { count > 1 && milliseconds > 0 ? Double(count) / seconds : 0 }
}

/// The two windows that arrivals are counted over.
package struct ArrivalWindows: Codable, Sendable, Equatable {
    /// Tells the rate that agents are kept for.
    package var slow: ArrivalWindow
    /// Tells a burst.
    package var fast: ArrivalWindow

    package static let slowSeconds = 60
    package static let fastSeconds = 6

    package init(slow: ArrivalWindow, fast: ArrivalWindow) {
        self.slow = slow
        self.fast = fast
    }
}
