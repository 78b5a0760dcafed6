extension IndicatorFunction {
    private static let bar: [IndicatorInput] = [.high, .low, .close]
    private static let barWithVolume: [IndicatorInput] = [.high, .low, .close, .volume]
    private static let twoColumns: [IndicatorInput] = [.high, .low]

    static let volumeIndicators: [IndicatorFunction] = [
        IndicatorFunction("AD", "Chaikin A/D Line", .volume, inputs: barWithVolume) { _ in
            AnyKernel(AccumulationDistribution())
        },
        IndicatorFunction(
            "ADOSC", "Chaikin A/D Oscillator", .volume, inputs: barWithVolume,
            [.period(3, name: "fastperiod"), .period(10, name: "slowperiod")]
        ) {
            AnyKernel(
                AccumulationOscillator(fastPeriod: $0.integer("fastperiod"), slowPeriod: $0.integer("slowperiod")))
        },
        IndicatorFunction("OBV", "On Balance Volume", .volume, inputs: [.close, .volume]) { _ in
            AnyKernel(OnBalanceVolume())
        },
    ]

    static let volatilityIndicators: [IndicatorFunction] = [
        IndicatorFunction("ATR", "Average True Range", .volatility, inputs: bar, [.period(14, from: 1)]) {
            AnyKernel(AverageTrueRange(period: $0.timePeriod))
        },
        IndicatorFunction("NATR", "Normalized Average True Range", .volatility, inputs: bar, [.period(14, from: 1)]) {
            $0.timePeriod > 1
                ? AnyKernel(NormalizedAverageTrueRange(period: $0.timePeriod)) : AnyKernel(AverageTrueRange(period: 1))
        },
        IndicatorFunction("TRANGE", "True Range", .volatility, inputs: bar) { _ in AnyKernel(TrueRange()) },
    ]

    static let cycleIndicators: [IndicatorFunction] = [
        IndicatorFunction("HT_DCPERIOD", "Hilbert Transform - Dominant Cycle Period", .cycle) { _ in
            AnyKernel(DominantCyclePeriod())
        },
        IndicatorFunction("HT_DCPHASE", "Hilbert Transform - Dominant Cycle Phase", .cycle) { _ in
            AnyKernel(DominantCyclePhase())
        },
        IndicatorFunction(
            "HT_PHASOR", "Hilbert Transform - Phasor Components", .cycle, outputs: ["inphase", "quadrature"]
        ) { _ in AnyKernel(CyclePhasor()) },
        IndicatorFunction("HT_SINE", "Hilbert Transform - SineWave", .cycle, outputs: ["sine", "leadsine"]) { _ in
            AnyKernel(CycleSine())
        },
        IndicatorFunction(
            "HT_TRENDMODE", "Hilbert Transform - Trend vs Cycle Mode", .cycle, outputs: ["integer"], isInteger: true
        ) { _ in AnyKernel(CycleTrendMode()) },
    ]

    static let priceTransforms: [IndicatorFunction] = [
        IndicatorFunction("AVGDEV", "Average Deviation", .price, [.period(14)]) {
            AnyKernel(AverageDeviation(period: $0.timePeriod))
        },
        IndicatorFunction("AVGPRICE", "Average Price", .price, inputs: [.open, .high, .low, .close]) { _ in
            AnyKernel(BarKernel<AveragePrice>())
        },
        IndicatorFunction("MEDPRICE", "Median Price", .price, inputs: twoColumns) { _ in
            AnyKernel(BarKernel<MedianPrice>())
        },
        IndicatorFunction("TYPPRICE", "Typical Price", .price, inputs: bar) { _ in AnyKernel(BarKernel<TypicalPrice>())
        },
        IndicatorFunction("WCLPRICE", "Weighted Close Price", .price, inputs: bar) { _ in
            AnyKernel(BarKernel<WeightedClose>())
        },
    ]

    static let statisticFunctions: [IndicatorFunction] = [
        IndicatorFunction("BETA", "Beta", .statistic, inputs: twoColumns, [.period(5, from: 1)]) {
            AnyKernel(BetaRegression(period: $0.timePeriod))
        },
        IndicatorFunction(
            "CORREL", "Pearson's Correlation Coefficient (r)", .statistic, inputs: twoColumns, [.period(30, from: 1)]
        ) { AnyKernel(Correlation(period: $0.timePeriod)) },
        IndicatorFunction("LINEARREG", "Linear Regression", .statistic, [.period(14)]) {
            AnyKernel(LinearRegression<RegressionEnd>(period: $0.timePeriod))
        },
        IndicatorFunction("LINEARREG_ANGLE", "Linear Regression Angle", .statistic, [.period(14)]) {
            AnyKernel(LinearRegression<RegressionAngle>(period: $0.timePeriod))
        },
        IndicatorFunction("LINEARREG_INTERCEPT", "Linear Regression Intercept", .statistic, [.period(14)]) {
            AnyKernel(LinearRegression<RegressionIntercept>(period: $0.timePeriod))
        },
        IndicatorFunction("LINEARREG_SLOPE", "Linear Regression Slope", .statistic, [.period(14)]) {
            AnyKernel(LinearRegression<RegressionSlope>(period: $0.timePeriod))
        },
        IndicatorFunction("STDDEV", "Standard Deviation", .statistic, [.period(5), .real("nbdev", 1)]) {
            AnyKernel(StandardDeviation(period: $0.timePeriod, factor: $0["nbdev"]))
        },
        IndicatorFunction("TSF", "Time Series Forecast", .statistic, [.period(14)]) {
            AnyKernel(LinearRegression<RegressionForecast>(period: $0.timePeriod))
        },
        // As in TA-Lib, nbdev changes nothing here.
        IndicatorFunction("VAR", "Variance", .statistic, [.period(5, from: 1), .real("nbdev", 1)]) {
            AnyKernel(RollingVariance(period: $0.timePeriod))
        },
    ]

    static let mathOperators: [IndicatorFunction] = [
        IndicatorFunction("ADD", "Vector Arithmetic Add", .operators, inputs: twoColumns) { _ in
            AnyKernel(BarKernel<VectorSum>())
        },
        IndicatorFunction("DIV", "Vector Arithmetic Div", .operators, inputs: twoColumns) { _ in
            AnyKernel(BarKernel<VectorQuotient>())
        },
        IndicatorFunction("MAX", "Highest value over a specified period", .operators, [.period(30)]) {
            AnyKernel(ExtremeOverPeriod<Highest>(period: $0.timePeriod))
        },
        IndicatorFunction(
            "MAXINDEX", "Index of highest value over a specified period", .operators, [.period(30)],
            outputs: ["integer"], isInteger: true
        ) { AnyKernel(ExtremeIndexOverPeriod<Highest>(period: $0.timePeriod)) },
        IndicatorFunction("MIN", "Lowest value over a specified period", .operators, [.period(30)]) {
            AnyKernel(ExtremeOverPeriod<Lowest>(period: $0.timePeriod))
        },
        IndicatorFunction(
            "MININDEX", "Index of lowest value over a specified period", .operators, [.period(30)],
            outputs: ["integer"], isInteger: true
        ) { AnyKernel(ExtremeIndexOverPeriod<Lowest>(period: $0.timePeriod)) },
        IndicatorFunction(
            "MINMAX", "Lowest and highest values over a specified period", .operators, [.period(30)],
            outputs: ["min", "max"]
        ) { AnyKernel(ExtremesOverPeriod(period: $0.timePeriod)) },
        IndicatorFunction(
            "MINMAXINDEX", "Indexes of lowest and highest values over a specified period", .operators, [.period(30)],
            outputs: ["minidx", "maxidx"], isInteger: true
        ) { AnyKernel(ExtremeIndexesOverPeriod(period: $0.timePeriod)) },
        IndicatorFunction("MULT", "Vector Arithmetic Mult", .operators, inputs: twoColumns) { _ in
            AnyKernel(BarKernel<VectorProduct>())
        },
        IndicatorFunction("SUB", "Vector Arithmetic Subtraction", .operators, inputs: twoColumns) { _ in
            AnyKernel(BarKernel<VectorDifference>())
        },
        IndicatorFunction("SUM", "Summation", .operators, [.period(30)]) {
            AnyKernel(RollingSum(period: $0.timePeriod))
        },
    ]
}
