/// Numbers from a counter (SplitMix64; Steele, Lea and Flood 2014), as the reference scripts make them.
enum CounterUniform {
    /// In [0, 1).
    static func value(_ index: Int) -> Double {
        var z = (UInt64(index) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
    }
}
