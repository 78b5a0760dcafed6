/// A kernel of any type, as what can be done with it.
///
/// Both forms are closures made where the kernel's type is known, so that their loops are compiled for it.
struct AnyKernel {
    /// The rows before the first value.
    let lookback: Int
    /// Fills outputs with the values of rows from ``lookback`` on.
    let run: (_ bars: BarColumns, _ count: Int, _ outputs: OutputColumns) -> Void
    /// The streaming form, over so many columns.
    let stream: (_ inputCount: Int) -> IndicatorStream

    @inline(__always)
    init<Kernel: IndicatorKernel>(_ kernel: Kernel) {
        lookback = kernel.lookback
        run = { bars, count, outputs in
            if count > kernel.lookback { kernel.fill(bars, count: count, into: outputs) }
        }
        stream = { inputCount in
            var kernel = kernel
            return IndicatorStream(inputCount: inputCount, lookback: kernel.lookback, reach: kernel.reach) {
                stage, bars, row in
                switch stage {
                case .warmUp:
                    kernel.warm(bars, row)
                    return nil
                case .first: return kernel.first(bars, row).value
                case .later: return kernel.next(bars, row).value
                }
            }
        }
    }
}
