extension Finding.Code {
    /// A symbol of the book, of a scenario or of the benchmark that no input has.
    static let unknownSymbol = Finding.Code(text: "UNKNOWN_SYMBOL")
    /// A position without a price: its input gives returns, and it has none of its own.
    static let missingPrice = Finding.Code(text: "MISSING_PRICE")
    /// No exchange rate from a position's currency to the base currency.
    static let missingRate = Finding.Code(text: "FX_MISSING")
    /// A pair of currencies that contradicts its inverse.
    static let inconsistentRate = Finding.Code(text: "FX_INCONSISTENT")
    /// Exchange rates are held, and their risk is not in the figures.
    static let rateHeld = Finding.Code(text: "FX_HELD")
    /// A book whose value is not positive, so that fractions of it mean nothing.
    static let nonPositiveValue = Finding.Code(text: "NON_POSITIVE_VALUE")
    /// Weights that do not sum to one.
    static let weightsSum = Finding.Code(text: "WEIGHTS_SUM")
    /// A variance that is zero where something is to be divided by it.
    static let zeroVariance = Finding.Code(text: "ZERO_VARIANCE")
    /// A method that has no answer for this data; its entry says why.
    static let methodRefused = Finding.Code(text: "METHOD_REFUSED")
    /// Figures of one period scaled by the square root of the horizon.
    static let squareRootOfTime = Finding.Code(text: "SQRT_TIME")
    /// Fewer than one expected observation beyond the quantile.
    static let thinTail = Finding.Code(text: "THIN_TAIL")
    /// A rank correlation that was no correlation matrix, and whose eigenvalues were clipped.
    static let correlationClipped = Finding.Code(text: "CORRELATION_CLIPPED")
    static let scenarioWithoutData = Finding.Code(text: "SCENARIO_WITHOUT_DATA")
    /// A replay that a symbol's data do not cover from end to end.
    static let scenarioPartial = Finding.Code(text: "SCENARIO_PARTIAL")
    static let unusedFactor = Finding.Code(text: "FACTOR_UNUSED")
    static let missingVolume = Finding.Code(text: "ADV_MISSING")
    /// A test whose parameters the data do not determine.
    static let notIdentified = Finding.Code(text: "NOT_IDENTIFIED")
    /// A task that would take far longer than any task may.
    static let tooMuchWork = Finding.Code(text: "TOO_MUCH_WORK")
}
