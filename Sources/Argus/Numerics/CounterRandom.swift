/// Random variates as functions of a seed and of what they are for: the path, the stream (one for each use within a path) and the
/// index in it. No variate depends on how many were drawn before it, nor on which thread draws it.
package struct CounterRandom: Sendable {
    private let philox: Philox

    package init(seed: UInt64) { philox = Philox(key: (seed, 0)) }

    /// Uniform in (0, 1): the midpoints of 2⁵³ equal parts.
    @inline(__always)
    private static func unit(_ word: UInt64) -> Double { (Double(word >> 11) + 0.5) * 0x1p-53 }

    func uniform(path: Int, stream: UInt64, index: Int) -> Double {
        let words = philox.block((UInt64(index / 4), UInt64(path), stream, 0))
        switch index % 4 {
        case 0: return Self.unit(words.0)
        case 1: return Self.unit(words.1)
        case 2: return Self.unit(words.2)
        default: return Self.unit(words.3)
        }
    }

    func normal(path: Int, stream: UInt64, index: Int) -> Double {
        var value = [0.0]
        value.withUnsafeMutableBufferPointer {
            normals(paths: path..<path + 1, indexes: index..<index + 1, stream: stream, into: $0)
        }
        return value[0]
    }

    /// The normal variates `indexes` of each of `paths`, path after path.
    package func normals(
        paths: Range<Int>, indexes: Range<Int>, stream: UInt64, into output: UnsafeMutableBufferPointer<Double>
    ) {
        precondition(output.count >= paths.count * indexes.count)
        let ziggurat = Ziggurat.normal
        ziggurat.layers.withUnsafeBufferPointer { layers in
            var position = 0
            for path in paths {
                var index = indexes.lowerBound
                while index < indexes.upperBound {
                    let group = index / 4
                    let words = philox.block((UInt64(group), UInt64(path), stream, 0))
                    let end = min(indexes.upperBound, group * 4 + 4)
                    while index < end {
                        let word =
                            switch index & 3 {
                            case 0: words.0
                            case 1: words.1
                            case 2: words.2
                            default: words.3
                            }
                        let layer = layers[Int(word & 255)]
                        let place = word >> 12
                        if place < layer.inside {
                            let value = Double(Int64(place)) * layer.scale
                            output[position] = word & 256 == 0 ? value : -value
                        } else {
                            output[position] = hard(word, ziggurat, path, stream, index)
                        }
                        position += 1
                        index += 1
                    }
                }
            }
        }
    }

    /// A normal variate whose first attempt does not lie under the curve for sure. 64 bits serve for an attempt: 8 choose the
    /// layer, one the sign, 52 the place, so that these are independent (Doornik 2005); further words are the variate's own.
    @inline(never)
    private func hard(_ first: UInt64, _ ziggurat: Ziggurat, _ path: Int, _ stream: UInt64, _ index: Int) -> Double {
        var word = first
        var attempt: UInt64 = 0
        while true {
            let layer = Int(word & 255)
            let place = word >> 12
            let x = Double(Int64(place)) * ziggurat.layers[layer].scale
            let sign = word & 256 == 0 ? 1.0 : -1.0
            if place < ziggurat.layers[layer].inside { return sign * x }
            if layer == 0 { return sign * tail(ziggurat.edge, path, stream, index, &attempt) }
            attempt += 1
            let words = philox.block((UInt64(index), UInt64(path), stream, attempt))
            let (low, high) = (ziggurat.heights[layer], ziggurat.heights[layer + 1])
            if low + Self.unit(words.0) * (high - low) < Ziggurat.height(x) { return sign * x }
            word = words.1
        }
    }

    /// Beyond `edge` (Marsaglia 1964).
    private func tail(
        _ edge: Double, _ path: Int, _ stream: UInt64, _ index: Int, _ attempt: inout UInt64
    ) -> Double {
        while true {
            attempt += 1
            let words = philox.block((UInt64(index), UInt64(path), stream, attempt))
            let x = -RealMath.logarithm(Self.unit(words.0)) / edge
            let y = -RealMath.logarithm(Self.unit(words.1))
            if 2 * y > x * x { return edge + x }
        }
    }

    /// A gamma variate with scale 1 (Marsaglia and Tsang 2000). It takes the stream after `stream` as well.
    func gamma(shape: Double, path: Int, stream: UInt64, index: Int) -> Double {
        guard shape >= 1 else {
            let boost = Self.unit(philox.block((UInt64(index), UInt64(path), stream + 1, 1 << 32)).0)
            return gamma(shape: shape + 1, path: path, stream: stream, index: index)
                * RealMath.power(boost, 1 / shape)
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        var attempt = 0
        while true {
            // Attempts of neighbouring variates lie far apart.
            let x = normal(path: path, stream: stream, index: index << 20 | attempt)
            let u = Self.unit(philox.block((UInt64(index), UInt64(path), stream + 1, UInt64(attempt))).0)
            attempt += 1
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if RealMath.logarithm(u) < x * x / 2 + d * (1 - v + RealMath.logarithm(v)) { return d * v }
        }
    }

    /// A χ² variate. It takes the stream after `stream` as well.
    func chiSquared(degrees: Double, path: Int, stream: UInt64, index: Int) -> Double {
        2 * gamma(shape: degrees / 2, path: path, stream: stream, index: index)
    }
}
