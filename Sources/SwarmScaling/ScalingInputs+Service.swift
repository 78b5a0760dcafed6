/// How long some of a swarm's tasks take.
struct ExpectedTime: Equatable {
    /// Tasks that are taken to last alike.
    struct Kind: Equatable {
        /// Their part of all.
        var share: Double
        var seconds: Double
    }

    var kinds: [Kind]
    var seconds: Double
    /// C², the variance over the square of the mean.
    var variation: Double

    /// Of tasks that are not told apart.
    init(seconds: Double, variation: Double) {
        kinds = [Kind(share: 1, seconds: seconds)]
        self.seconds = seconds
        self.variation = variation
    }

    /// Of tasks that are made up as `weight` says; `nil`: there are none.
    ///
    /// The mean of a mixture is the weighted mean of its parts, and so is the mean of its squares, m²·(1 + C²) of each part.
    init?(_ mix: WorkMix, weight: (WorkMix.Part) -> Double) {
        let total = mix.parts.reduce(0) { $0 + max(weight($1), 0) }
        guard total > 0 else { return nil }
        kinds = []
        seconds = 0
        var squares = 0.0
        for part in mix.parts where weight(part) > 0 {
            let kind = Kind(share: weight(part) / total, seconds: Double(max(part.milliseconds, 1)) / 1000)
            kinds.append(kind)
            seconds += kind.share * kind.seconds
            squares +=
                kind.share * kind.seconds * kind.seconds * (1 + Double(max(part.variationThousandths, 0)) / 1000)
        }
        variation = max(squares / (seconds * seconds) - 1, 0)
    }

    mutating func stretch(by factor: Double) {
        seconds *= factor
        for index in kinds.indices { kinds[index].seconds *= factor }
    }
}

extension ScalingInputs {
    /// How long the tasks in hand take; `nil`: nothing is known.
    var handTime: ExpectedTime? { time { Double($0.ready) + Double($0.running) } }

    /// How long the tasks take that keep arriving.
    var arrivalTime: ExpectedTime? { time { Double($0.arrivals) } }

    /// What the classes of the tasks tell, or all tasks that have ended where they tell nothing; longer in the proportion in which
    /// those that run now do take longer.
    private func time(_ weight: (WorkMix.Part) -> Double) -> ExpectedTime? {
        guard let service else { return nil }
        let slotsAreTaken = readyTasks > 0
        guard let work else {
            return ExpectedTime(
                seconds: service.seconds(slotsAreTaken: slotsAreTaken), variation: service.variation)
        }
        let whole = ExpectedTime(seconds: service.meanSeconds, variation: service.variation)
        let running = ExpectedTime(work) { Double($0.running) } ?? whole
        var time = ExpectedTime(work, weight: weight) ?? whole
        if let found = service.disproof(of: running.seconds, running.variation, slotsAreTaken: slotsAreTaken) {
            time.stretch(by: max(found / running.seconds, 1))
        }
        return time
    }
}
