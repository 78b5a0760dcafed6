extension IndicatorFunction {
    static let momentumIndicators: [IndicatorFunction] =
        directional + oscillators + changes + convergences + stochastics

    private static let bar: [IndicatorInput] = [.high, .low, .close]

    private static let directional: [IndicatorFunction] = [
        IndicatorFunction("ADX", "Average Directional Movement Index", .momentum, inputs: bar, [.period(14)]) {
            AnyKernel(AverageDirectionalIndex(period: $0.timePeriod))
        },
        IndicatorFunction("ADXR", "Average Directional Movement Index Rating", .momentum, inputs: bar, [.period(14)]) {
            AnyKernel(AverageDirectionalRating(period: $0.timePeriod))
        },
        IndicatorFunction("DX", "Directional Movement Index", .momentum, inputs: bar, [.period(14)]) {
            AnyKernel(DirectionalMovementIndex(period: $0.timePeriod))
        },
        IndicatorFunction("MINUS_DI", "Minus Directional Indicator", .momentum, inputs: bar, [.period(14, from: 1)]) {
            AnyKernel(DirectionalIndicator<DownwardMovement>(period: $0.timePeriod))
        },
        IndicatorFunction(
            "MINUS_DM", "Minus Directional Movement", .momentum, inputs: [.high, .low], [.period(14, from: 1)]
        ) { AnyKernel(DirectionalMovementSum<DownwardMovement>(period: $0.timePeriod)) },
        IndicatorFunction("PLUS_DI", "Plus Directional Indicator", .momentum, inputs: bar, [.period(14, from: 1)]) {
            AnyKernel(DirectionalIndicator<UpwardMovement>(period: $0.timePeriod))
        },
        IndicatorFunction(
            "PLUS_DM", "Plus Directional Movement", .momentum, inputs: [.high, .low], [.period(14, from: 1)]
        ) { AnyKernel(DirectionalMovementSum<UpwardMovement>(period: $0.timePeriod)) },
    ]

    private static let oscillators: [IndicatorFunction] = [
        IndicatorFunction(
            "AROON", "Aroon", .momentum, inputs: [.high, .low], [.period(14)], outputs: ["aroondown", "aroonup"]
        ) { AnyKernel(AroonKernel(period: $0.timePeriod)) },
        IndicatorFunction("AROONOSC", "Aroon Oscillator", .momentum, inputs: [.high, .low], [.period(14)]) {
            AnyKernel(AroonOscillator(period: $0.timePeriod))
        },
        IndicatorFunction("BOP", "Balance Of Power", .momentum, inputs: [.open, .high, .low, .close]) { _ in
            AnyKernel(BarKernel<BalanceOfPower>())
        },
        IndicatorFunction("CCI", "Commodity Channel Index", .momentum, inputs: bar, [.period(14)]) {
            AnyKernel(CommodityChannelIndex(period: $0.timePeriod))
        },
        IndicatorFunction("CMO", "Chande Momentum Oscillator", .momentum, [.period(14)]) {
            AnyKernel(ChandeMomentumOscillator(period: $0.timePeriod))
        },
        IndicatorFunction("IMI", "Intraday Momentum Index", .momentum, inputs: [.open, .close], [.period(14)]) {
            AnyKernel(IntradayMomentumIndex(period: $0.timePeriod))
        },
        IndicatorFunction(
            "MFI", "Money Flow Index", .momentum, inputs: [.high, .low, .close, .volume], [.period(14)]
        ) { AnyKernel(MoneyFlowIndex(period: $0.timePeriod)) },
        IndicatorFunction("RSI", "Relative Strength Index", .momentum, [.period(14)]) {
            AnyKernel(RelativeStrengthIndex(period: $0.timePeriod))
        },
        IndicatorFunction(
            "ULTOSC", "Ultimate Oscillator", .momentum, inputs: bar,
            [
                .period(7, from: 1, name: "timeperiod1"), .period(14, from: 1, name: "timeperiod2"),
                .period(28, from: 1, name: "timeperiod3"),
            ]
        ) { AnyKernel(UltimateOscillator(periods: $0.values.map { Int($0) })) },
        IndicatorFunction("WILLR", "Williams' %R", .momentum, inputs: bar, [.period(14)]) {
            AnyKernel(WilliamsRange(period: $0.timePeriod))
        },
    ]

    private static let changes: [IndicatorFunction] = [
        IndicatorFunction("MOM", "Momentum", .momentum, [.period(10, from: 1)]) {
            AnyKernel(ChangeOverPeriod<ChangeAsDifference>(period: $0.timePeriod))
        },
        IndicatorFunction("ROC", "Rate of change : ((price/prevPrice)-1)*100", .momentum, [.period(10, from: 1)]) {
            AnyKernel(ChangeOverPeriod<ChangeInPercent>(period: $0.timePeriod))
        },
        IndicatorFunction(
            "ROCP", "Rate of change Percentage: (price-prevPrice)/prevPrice", .momentum, [.period(10, from: 1)]
        ) { AnyKernel(ChangeOverPeriod<ChangeAsFraction>(period: $0.timePeriod)) },
        IndicatorFunction("ROCR", "Rate of change ratio: (price/prevPrice)", .momentum, [.period(10, from: 1)]) {
            AnyKernel(ChangeOverPeriod<ChangeAsRatio>(period: $0.timePeriod))
        },
        IndicatorFunction(
            "ROCR100", "Rate of change ratio 100 scale: (price/prevPrice)*100", .momentum, [.period(10, from: 1)]
        ) { AnyKernel(ChangeOverPeriod<ChangeAsRatioInPercent>(period: $0.timePeriod)) },
        IndicatorFunction(
            "TRIX", "1-day Rate-Of-Change (ROC) of a Triple Smooth EMA", .momentum, [.period(30, from: 1)]
        ) { AnyKernel(TripleAverageChange(period: $0.timePeriod)) },
    ]

    private static let fast: IndicatorParameter = .period(12, name: "fastperiod")
    private static let slow: IndicatorParameter = .period(26, name: "slowperiod")
    private static let signal: IndicatorParameter = .period(9, from: 1, name: "signalperiod")
    private static let lines = ["macd", "macdsignal", "macdhist"]

    private static let convergences: [IndicatorFunction] = [
        IndicatorFunction(
            "APO", "Absolute Price Oscillator", .momentum, [fast, slow, .movingAverage("matype", .exponential)]
        ) { priceOscillator($0, isPercentage: false) },
        IndicatorFunction(
            "PPO", "Percentage Price Oscillator", .momentum, [fast, slow, .movingAverage("matype", .exponential)]
        ) { priceOscillator($0, isPercentage: true) },
        IndicatorFunction(
            "MACD", "Moving Average Convergence/Divergence", .momentum, [fast, slow, signal], outputs: lines
        ) {
            AnyKernel(
                MovingAverageConvergence(
                    fastPeriod: $0.integer("fastperiod"), slowPeriod: $0.integer("slowperiod"),
                    signalPeriod: $0.integer("signalperiod")))
        },
        IndicatorFunction(
            "MACDEXT", "MACD with controllable MA type", .momentum,
            [
                fast, .movingAverage("fastmatype"), slow, .movingAverage("slowmatype"), signal,
                .movingAverage("signalmatype"),
            ],
            outputs: lines, kernel: extendedConvergence),
        IndicatorFunction(
            "MACDFIX", "Moving Average Convergence/Divergence Fix 12/26", .momentum, [signal], outputs: lines
        ) { AnyKernel(MovingAverageConvergence(fixedWithSignalPeriod: $0.integer("signalperiod"))) },
    ]

    private static func priceOscillator(_ arguments: IndicatorArguments, isPercentage: Bool) -> AnyKernel {
        let periods = [arguments.integer("fastperiod"), arguments.integer("slowperiod")].sorted()
        let kind = arguments.movingAverage()
        guard kind == .exponential else {
            return AnyKernel(
                PriceOscillator(
                    fast: AnyMovingAverage(kind, period: periods[0]), slow: AnyMovingAverage(kind, period: periods[1]),
                    isPercentage: isPercentage))
        }
        return AnyKernel(
            PriceOscillator(
                fast: ExponentialMovingAverage(period: periods[0]), slow: ExponentialMovingAverage(period: periods[1]),
                isPercentage: isPercentage))
    }

    @Sendable
    private static func extendedConvergence(_ arguments: IndicatorArguments) -> AnyKernel {
        typealias Average = (period: Int, kind: MovingAverageKind)
        var fast: Average = (arguments.integer("fastperiod"), arguments.movingAverage("fastmatype"))
        var slow: Average = (arguments.integer("slowperiod"), arguments.movingAverage("slowmatype"))
        let signal: Average = (arguments.integer("signalperiod"), arguments.movingAverage("signalmatype"))
        if slow.period < fast.period { swap(&fast, &slow) }
        guard [fast.kind, slow.kind, signal.kind].allSatisfy({ $0 == .simple }), signal.period > 1 else {
            return AnyKernel(
                ExtendedConvergence(
                    fast: AnyMovingAverage(fast.kind, period: fast.period),
                    slow: AnyMovingAverage(slow.kind, period: slow.period),
                    signal: AnyMovingAverage(signal.kind, period: signal.period)))
        }
        return AnyKernel(
            ExtendedConvergence(
                fast: SimpleAverage(period: fast.period), slow: SimpleAverage(period: slow.period),
                signal: SimpleAverage(period: signal.period)))
    }

    private static let stochastics: [IndicatorFunction] = [
        IndicatorFunction(
            "STOCH", "Stochastic", .momentum, inputs: bar,
            [
                .period(5, from: 1, name: "fastk_period"), .period(3, from: 1, name: "slowk_period"),
                .movingAverage("slowk_matype"), .period(3, from: 1, name: "slowd_period"),
                .movingAverage("slowd_matype"),
            ],
            outputs: ["slowk", "slowd"]
        ) { arguments in
            let period = arguments.integer("fastk_period")
            let slow = AverageChoice(arguments, "slowk_period", "slowk_matype")
            let signal = AverageChoice(arguments, "slowd_period", "slowd_matype")
            guard let simpleSlow = slow.simple, let simpleSignal = signal.simple else {
                return AnyKernel(StochasticSlow(period: period, slow: slow.any, signal: signal.any))
            }
            return AnyKernel(StochasticSlow(period: period, slow: simpleSlow, signal: simpleSignal))
        },
        IndicatorFunction(
            "STOCHF", "Stochastic Fast", .momentum, inputs: bar,
            [
                .period(5, from: 1, name: "fastk_period"), .period(3, from: 1, name: "fastd_period"),
                .movingAverage("fastd_matype"),
            ],
            outputs: ["fastk", "fastd"]
        ) { arguments in
            let period = arguments.integer("fastk_period")
            let signal = AverageChoice(arguments, "fastd_period", "fastd_matype")
            guard let simple = signal.simple else {
                return AnyKernel(StochasticFast(period: period, signal: signal.any))
            }
            return AnyKernel(StochasticFast(period: period, signal: simple))
        },
        IndicatorFunction(
            "STOCHRSI", "Stochastic Relative Strength Index", .momentum,
            [
                .period(14), .period(5, from: 1, name: "fastk_period"), .period(3, from: 1, name: "fastd_period"),
                .movingAverage("fastd_matype"),
            ],
            outputs: ["fastk", "fastd"]
        ) { arguments in
            let (strengthPeriod, period) = (arguments.timePeriod, arguments.integer("fastk_period"))
            let signal = AverageChoice(arguments, "fastd_period", "fastd_matype")
            guard let simple = signal.simple else {
                return AnyKernel(StochasticStrength(strengthPeriod: strengthPeriod, period: period, signal: signal.any))
            }
            return AnyKernel(StochasticStrength(strengthPeriod: strengthPeriod, period: period, signal: simple))
        },
    ]
}

/// A moving average as arguments name it, as its own type where it is a simple one, which most are.
private struct AverageChoice {
    private let period: Int
    private let kind: MovingAverageKind

    init(_ arguments: IndicatorArguments, _ period: String, _ kind: String) {
        self.period = arguments.integer(period)
        self.kind = arguments.movingAverage(kind)
    }

    var simple: SimpleAverage? {
        kind == .simple && period > 1 ? SimpleAverage(period: period) : nil
    }

    var any: AnyMovingAverage { AnyMovingAverage(kind, period: period) }
}
