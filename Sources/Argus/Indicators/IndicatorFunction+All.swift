extension IndicatorFunction {
    /// Every function there is, by name.
    public static let all: [IndicatorFunction] = [
        IndicatorFunction(
            "ATR", "Average True Range", group: "Volatility Indicators", inputs: [.high, .low, .close],
            parameters: [.period(14, from: 1)],
            lookback: { $0.integer("timeperiod") },
            kernel: { AverageTrueRange(period: $0.integer("timeperiod")) }),
        IndicatorFunction(
            "BBANDS", "Bollinger Bands", group: "Overlap Studies",
            parameters: [.period(20), .real("nbdevup", 2), .real("nbdevdn", 2), .movingAverage()],
            outputs: ["upperband", "middleband", "lowerband"],
            lookback: { $0.movingAverage().lookback(period: $0.integer("timeperiod")) },
            kernel: {
                BollingerBands(
                    period: $0.integer("timeperiod"), deviationsUp: $0["nbdevup"], deviationsDown: $0["nbdevdn"],
                    kind: $0.movingAverage())
            }),
        IndicatorFunction(
            "EMA", "Exponential Moving Average", group: "Overlap Studies",
            parameters: [.period(30, from: 1)],
            lookback: { $0.integer("timeperiod") - 1 },
            kernel: { ExponentialMovingAverage(period: $0.integer("timeperiod")) }),
        IndicatorFunction(
            "MACD", "Moving Average Convergence/Divergence", group: "Momentum Indicators",
            parameters: [
                .period(12, name: "fastperiod"), .period(26, name: "slowperiod"),
                .period(9, from: 1, name: "signalperiod"),
            ],
            outputs: ["macd", "macdsignal", "macdhist"],
            lookback: {
                max($0.integer("fastperiod"), $0.integer("slowperiod")) - 1 + $0.integer("signalperiod") - 1
            },
            kernel: {
                MovingAverageConvergence(
                    fastPeriod: $0.integer("fastperiod"), slowPeriod: $0.integer("slowperiod"),
                    signalPeriod: $0.integer("signalperiod"))
            }),
        IndicatorFunction(
            "RSI", "Relative Strength Index", group: "Momentum Indicators",
            parameters: [.period(14)],
            lookback: { $0.integer("timeperiod") },
            kernel: { RelativeStrengthIndex(period: $0.integer("timeperiod")) }),
        IndicatorFunction(
            "SMA", "Simple Moving Average", group: "Overlap Studies",
            parameters: [.period(30, from: 1)],
            lookback: { $0.integer("timeperiod") - 1 },
            kernel: { SimpleMovingAverage(period: $0.integer("timeperiod")) }),
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The function that TA-Lib calls `name`.
    public static func named(_ name: String) -> IndicatorFunction? { byName[name] }

    /// What to say about a name that no function has.
    static func unknown(_ name: String) -> String {
        let names = all.map(\.name)
        let nearest = Spelling.nearest(to: name, among: names).map { " (did you mean \($0)?)" } ?? ""
        return "no function is called \"\(name)\"\(nearest); available: \(names.joined(separator: ", "))"
    }
}
