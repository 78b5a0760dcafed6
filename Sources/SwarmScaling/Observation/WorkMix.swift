/// A swarm's work by type and size of input: how long each class takes, and how much there is of it.
package struct WorkMix: Codable, Sendable, Equatable {
    package struct Part: Codable, Sendable, Equatable {
        package var of: WorkClass
        /// The mean of its times, as far as is known.
        package var milliseconds: Int
        /// Thousandths of C², the variance of its times over the square of their mean.
        package var variationThousandths: Int
        /// Tasks that wait for an agent.
        package var ready: Int
        /// Tasks that run.
        package var running: Int
        /// Tasks that came in the last minute or so, of which the latest count most.
        package var arrivals: Int

        package init(
            of kind: WorkClass, milliseconds: Int, variationThousandths: Int, ready: Int = 0, running: Int = 0,
            arrivals: Int = 0
        ) {
            of = kind
            self.milliseconds = milliseconds
            self.variationThousandths = variationThousandths
            self.ready = ready
            self.running = running
            self.arrivals = arrivals
        }
    }

    /// As many are told apart in a decision; what else there is, is taken to be like these.
    package static let most = 12

    /// Those with the most work first.
    package var parts: [Part]

    package init(parts: [Part]) { self.parts = parts }
}
