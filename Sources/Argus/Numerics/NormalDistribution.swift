/// The standard normal distribution.
enum NormalDistribution {
    private static let inverseRootTwoPi = 0.398_942_280_401_432_677_94
    /// 1/√2 as the sum of two doubles.
    private static let inverseRootTwo = 0.707_106_781_186_547_524_4
    private static let inverseRootTwoRest = -4.833_646_656_726_456_7e-17
    private static let twoByRootPi = 1.128_379_167_095_512_573_9

    /// e^{−x²/2}/√(2π); the rounding error of x² is made good.
    static func density(_ x: Double) -> Double {
        let square = x * x
        guard square < 1500 else { return x.isNaN ? .nan : 0 }
        let rest = (-square).addingProduct(x, x)
        return inverseRootTwoPi * RealMath.exponential(-square / 2) * (1 - rest / 2)
    }

    /// P(X ≤ x). Its relative accuracy holds in the lower tail; for the upper one ask for `cumulative(-x)`.
    static func cumulative(_ x: Double) -> Double {
        let y = -x * inverseRootTwo
        guard y > 0.5 else { return RealMath.complementaryError(y) / 2 }
        // erfc magnifies the rounding error of its argument by 2y²; a step along its derivative makes it good.
        let rest = (-y).addingProduct(-x, inverseRootTwo) - x * inverseRootTwoRest
        return (RealMath.complementaryError(y) - twoByRootPi * RealMath.exponential(-y * y) * rest) / 2
    }

    /// The x with P(X ≤ x) = `probability`: Wichura (1988), algorithm AS 241, with a step of Newton in the tails.
    /// ∓∞ at 0 and 1, NaN outside.
    static func quantile(_ probability: Double) -> Double {
        let q = probability - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * polynomial(centralNumerator, r) / polynomial(centralDenominator, r)
        }
        guard probability > 0, probability < 1 else {
            return probability == 0 ? -.infinity : probability == 1 ? .infinity : .nan
        }
        // 1 − p is exact for p ≥ 1/2.
        let tail = q < 0 ? probability : 1 - probability
        let r = (-RealMath.logarithm(tail)).squareRoot()
        var x =
            r <= 5
            ? -polynomial(middleNumerator, r - 1.6) / polynomial(middleDenominator, r - 1.6)
            : -polynomial(farNumerator, r - 5) / polynomial(farDenominator, r - 5)
        let slope = density(x)
        if slope > 0 { x -= (cumulative(x) - tail) / slope }
        return q < 0 ? x : -x
    }

    @inline(__always)
    private static func polynomial(_ coefficients: SIMD8<Double>, _ x: Double) -> Double {
        var value = coefficients[7]
        for index in stride(from: 6, through: 0, by: -1) { value = value * x + coefficients[index] }
        return value
    }

    private static let centralNumerator = SIMD8<Double>(
        3.387_132_872_796_366_608_0, 1.331_416_678_917_843_774_5e2, 1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4, 4.592_195_393_154_987_145_7e4, 6.726_577_092_700_870_085_3e4,
        3.343_057_558_358_812_810_5e4, 2.509_080_928_730_122_672_7e3)
    private static let centralDenominator = SIMD8<Double>(
        1, 4.231_333_070_160_091_125_2e1, 6.871_870_074_920_579_083_0e2, 5.394_196_021_424_751_107_7e3,
        2.121_379_430_158_659_586_7e4, 3.930_789_580_009_271_061_0e4, 2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561_0e3)
    private static let middleNumerator = SIMD8<Double>(
        1.423_437_110_749_683_577_34, 4.630_337_846_156_545_295_90, 5.769_497_221_460_691_405_50,
        3.647_848_324_763_204_605_04, 1.270_458_252_452_368_382_58, 2.417_807_251_774_506_117_70e-1,
        2.272_384_498_926_918_458_33e-2, 7.745_450_142_783_414_076_40e-4)
    private static let middleDenominator = SIMD8<Double>(
        1, 2.053_191_626_637_758_821_87, 1.676_384_830_183_803_849_40, 6.897_673_349_851_000_045_50e-1,
        1.481_039_764_274_800_745_90e-1, 1.519_866_656_361_645_719_66e-2, 5.475_938_084_995_344_946_00e-4,
        1.050_750_071_644_416_843_24e-9)
    private static let farNumerator = SIMD8<Double>(
        6.657_904_643_501_103_777_20, 5.463_784_911_164_114_369_90, 1.784_826_539_917_291_335_80,
        2.965_605_718_285_048_912_30e-1, 2.653_218_952_657_612_309_30e-2, 1.242_660_947_388_078_438_60e-3,
        2.711_555_568_743_487_578_15e-5, 2.010_334_399_292_288_132_65e-7)
    private static let farDenominator = SIMD8<Double>(
        1, 5.998_322_065_558_879_376_90e-1, 1.369_298_809_227_358_053_10e-1, 1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591_00e-4, 1.846_318_317_510_054_681_80e-5, 1.421_511_758_316_445_888_70e-7,
        2.044_263_103_389_939_785_64e-15)
}
