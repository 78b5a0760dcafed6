/// Erlang's loss formula B(c, a): the share of arrivals that find all of c servers busy, where whoever does goes away again, at a
/// load of a erlangs (A. K. Erlang 1917).
package enum ErlangLoss {
    /// Up to so many servers the recurrence costs less than the integral.
    static let recurrenceLimit = 128

    /// - Parameter load: arrivals during one service time on average, λ·S.
    package static func probability(servers: Int, load: Double) -> Double {
        guard servers > 0 else { return 1 }
        guard load > 0 else { return 0 }
        return servers <= recurrenceLimit || load >= Double(servers)
            ? byRecurrence(servers, load) : byIntegral(Double(servers), load)
    }

    /// 1/B(n, a) = 1 + n/a · 1/B(n − 1, a), which only ever adds what is positive (D. L. Jagerman 1984). Linear in the servers.
    static func byRecurrence(_ servers: Int, _ load: Double) -> Double {
        var inverse = 1.0
        for server in stride(from: 1.0, through: Double(servers), by: 1) {
            inverse = 1 + server / load * inverse
        }
        return 1 / inverse
    }

    /// The same for more servers than load, at a cost that does not grow with them.
    ///
    /// B is the Poisson probability p of c, over that of at most c. With Σ aʲ/((c+1)…(c+j)) = a·∫₀¹ (1−u)ᶜ·eᵃᵘ du, the incomplete gamma
    /// function's series and integral (DLMF 8.7.1, 8.2.1), 1/B = 1/p − a·∫. The integrand falls at least as fast as
    /// exp(−(c−a)u − cu²/2), so it is cut off where that is e⁻⁴⁰.
    static func byIntegral(_ servers: Double, _ load: Double) -> Double {
        let spare = servers - load
        let end = min(1, 80 / (spare + (spare * spare + 80 * servers).squareRoot()))
        let beyond = GaussLegendre.integral(to: end) { u in
            RealMath.exponential(servers * RealMath.logarithmOfOnePlus(-u) + load * u)
        }
        return 1 / (1 / poisson(servers, load) - load * beyond)
    }

    /// The Poisson probability of `count`, at least `recurrenceLimit`, at a mean of `mean`: Stirling's series for the factorial and
    /// the deviance apart, so that neither large numbers nor near ones cost digits (C. Loader 2000).
    private static func poisson(_ count: Double, _ mean: Double) -> Double {
        let square = count * count
        let stirling = (1 / 12.0 - (1 / 360.0 - 1 / 1260.0 / square) / square) / count
        return RealMath.exponential(-stirling - deviance(count, mean)) / (2 * .pi * count).squareRoot()
    }

    /// x·ln(x/m) + m − x.
    private static func deviance(_ x: Double, _ mean: Double) -> Double {
        let difference = x - mean
        let ratio = difference / (x + mean)
        guard abs(ratio) < 0.1 else { return x * RealMath.logarithm(x / mean) - difference }
        var sum = difference * ratio
        var term = 2 * x * ratio
        var divisor = 1.0
        while true {
            term *= ratio * ratio
            divisor += 2
            let next = sum + term / divisor
            if next == sum { return sum }
            sum = next
        }
    }
}
