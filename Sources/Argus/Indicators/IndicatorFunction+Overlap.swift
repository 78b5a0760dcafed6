extension IndicatorFunction {
    static let overlapStudies: [IndicatorFunction] =
        movingAverages + [
            IndicatorFunction(
                "ACCBANDS", "Acceleration Bands", .overlap, inputs: [.high, .low, .close], [.period(20)],
                outputs: ["upperband", "middleband", "lowerband"]
            ) { AnyKernel(AccelerationBands(period: $0.timePeriod)) },
            IndicatorFunction(
                "BBANDS", "Bollinger Bands", .overlap,
                [.period(20), .real("nbdevup", 2), .real("nbdevdn", 2), .movingAverage()],
                outputs: ["upperband", "middleband", "lowerband"], kernel: bollingerBands),
            IndicatorFunction("HT_TRENDLINE", "Hilbert Transform - Instantaneous Trendline", .overlap) { _ in
                AnyKernel(InstantaneousTrendline())
            },
            IndicatorFunction("MIDPOINT", "MidPoint over period", .overlap, [.period(14)]) {
                AnyKernel(MiddleOfRange(period: $0.timePeriod))
            },
            IndicatorFunction(
                "MIDPRICE", "Midpoint Price over period", .overlap, inputs: [.high, .low], [.period(14)]
            ) { AnyKernel(MiddleOfBars(period: $0.timePeriod)) },
            IndicatorFunction(
                "SAR", "Parabolic SAR", .overlap, inputs: [.high, .low],
                [.positive("acceleration", 0.02), .positive("maximum", 0.2)]
            ) { AnyKernel(ParabolicStop(acceleration: $0["acceleration"], maximum: $0["maximum"])) },
            IndicatorFunction(
                "SAREXT", "Parabolic SAR - Extended", .overlap, inputs: [.high, .low],
                [
                    .real("startvalue", 0), .positive("offsetonreverse", 0), .positive("accelerationinitlong", 0.02),
                    .positive("accelerationlong", 0.02), .positive("accelerationmaxlong", 0.2),
                    .positive("accelerationinitshort", 0.02), .positive("accelerationshort", 0.02),
                    .positive("accelerationmaxshort", 0.2),
                ]
            ) { arguments in
                AnyKernel(
                    ParabolicStop(
                        startValue: arguments["startvalue"], offsetOnReverse: arguments["offsetonreverse"],
                        long: .init(
                            initial: arguments["accelerationinitlong"], step: arguments["accelerationlong"],
                            maximum: arguments["accelerationmaxlong"]),
                        short: .init(
                            initial: arguments["accelerationinitshort"], step: arguments["accelerationshort"],
                            maximum: arguments["accelerationmaxshort"])))
            },
        ]

    private static let movingAverages: [IndicatorFunction] = [
        average("DEMA", "Double Exponential Moving Average") { AnyKernel(DoubleExponentialAverage(period: $0)) },
        average("EMA", "Exponential Moving Average") { AnyKernel(ExponentialMovingAverage(period: $0)) },
        average("HMA", "Hull Moving Average", period: 20) { AnyKernel(HullMovingAverage(period: $0)) },
        average("KAMA", "Kaufman Adaptive Moving Average") { AnyKernel(KaufmanAdaptiveAverage(period: $0)) },
        average("RMA", "Wilder's Smoothed Moving Average") { AnyKernel(WilderAverage(period: $0)) },
        average("SMA", "Simple Moving Average") { AnyKernel(SimpleAverage(period: $0)) },
        average("TEMA", "Triple Exponential Moving Average") { AnyKernel(TripleExponentialAverage(period: $0)) },
        average("TRIMA", "Triangular Moving Average") { AnyKernel(TriangularMovingAverage(period: $0)) },
        average("WMA", "Weighted Moving Average") { AnyKernel(WeightedMovingAverage(period: $0)) },
        average("ZLEMA", "Zero-Lag Exponential Moving Average") { AnyKernel(ZeroLagAverage(period: $0)) },
        IndicatorFunction("MA", "Moving average", .overlap, [.period(30, from: 1), .movingAverage()]) {
            movingAverage($0)
        },
        IndicatorFunction(
            "MAMA", "MESA Adaptive Moving Average", .overlap,
            [
                .real("fastlimit", MesaAdaptiveAverages.defaultFastLimit, 0.01...0.99),
                .real("slowlimit", MesaAdaptiveAverages.defaultSlowLimit, 0.01...0.99),
            ],
            outputs: ["mama", "fama"]
        ) { AnyKernel(MesaAdaptiveAverages(fastLimit: $0["fastlimit"], slowLimit: $0["slowlimit"])) },
        IndicatorFunction(
            "MAVP", "Moving average with variable period", .overlap, inputs: [.close, .periods],
            [.period(2, from: 1, name: "minperiod"), .period(30, from: 1, name: "maxperiod"), .movingAverage()],
            constraint: { arguments in
                guard arguments["minperiod"] > arguments["maxperiod"] else { return nil }
                return IndicatorArgumentError(
                    .contradiction, parameter: "minperiod", "MAVP: minperiod must not be greater than maxperiod")
            },
            kernel: variablePeriodAverage),
        IndicatorFunction(
            "T3", "Triple Exponential Moving Average (T3)", .overlap,
            [.period(5, from: 1), .real("vfactor", TillsonAverage.defaultVolumeFactor, 0...1)]
        ) { AnyKernel(TillsonAverage(period: $0.timePeriod, volumeFactor: $0["vfactor"])) },
    ]

    private static func average(
        _ name: String, _ title: String, period: Int = 30, kernel: @escaping @Sendable (Int) -> AnyKernel
    ) -> IndicatorFunction {
        IndicatorFunction(name, title, .overlap, [.period(period, from: 1)]) { kernel($0.timePeriod) }
    }

    /// MA: each kind as its own type.
    private static func movingAverage(_ arguments: IndicatorArguments) -> AnyKernel {
        let period = arguments.timePeriod
        guard period > 1 else { return AnyKernel(ExponentialMovingAverage(period: 1)) }
        return switch arguments.movingAverage() {
        case .simple: AnyKernel(SimpleAverage(period: period))
        case .exponential: AnyKernel(ExponentialMovingAverage(period: period))
        case .weighted: AnyKernel(WeightedMovingAverage(period: period))
        case .doubleExponential: AnyKernel(DoubleExponentialAverage(period: period))
        case .tripleExponential: AnyKernel(TripleExponentialAverage(period: period))
        case .triangular: AnyKernel(TriangularMovingAverage(period: period))
        case .kaufman: AnyKernel(KaufmanAdaptiveAverage(period: period))
        case .mesa: AnyKernel(MesaAverage())
        case .tillson: AnyKernel(TillsonAverage(period: period))
        case .hull: AnyKernel(HullMovingAverage(period: period))
        case .zeroLag: AnyKernel(ZeroLagAverage(period: period))
        case .wilder: AnyKernel(WilderAverage(period: period))
        }
    }

    @Sendable
    private static func bollingerBands(_ arguments: IndicatorArguments) -> AnyKernel {
        let (period, up, down) = (arguments.timePeriod, arguments["nbdevup"], arguments["nbdevdn"])
        guard arguments.movingAverage() == .simple else {
            let average = AnyMovingAverage(arguments.movingAverage(), period: period)
            return AnyKernel(
                BollingerBands(period: period, deviationsUp: up, deviationsDown: down, average: average))
        }
        return AnyKernel(
            BollingerBands(
                period: period, deviationsUp: up, deviationsDown: down, average: SimpleAverage(period: period)))
    }

    @Sendable
    private static func variablePeriodAverage(_ arguments: IndicatorArguments) -> AnyKernel {
        let periods = arguments.integer("minperiod")...arguments.integer("maxperiod")
        let kind = arguments.movingAverage()
        guard kind == .simple else {
            return AnyKernel(VariablePeriodAverage(periods: periods) { AnyMovingAverage(kind, period: $0) })
        }
        return AnyKernel(VariablePeriodAverage(periods: periods) { SimpleAverage(period: $0) })
    }
}
