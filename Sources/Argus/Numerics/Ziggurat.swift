/// The tables of the ziggurat method for normal variates (Marsaglia and Tsang 2000), with 256 layers of equal area under
/// e^{−x²/2}: layer 0 is the base with the tail, layer 255 the top.
struct Ziggurat: Sendable {
    struct Layer: Sendable {
        /// What a 52-bit place within the layer is multiplied with to become a coordinate.
        var scale: Double
        /// Places below this one lie under the curve whatever their height.
        var inside: UInt64
    }

    let layers: [Layer]
    /// e^{−x²/2} at the outer end of each layer, and 1 at the top.
    let heights: [Double]
    /// Where the tail begins.
    let edge: Double

    static let count = 256
    static let normal = Ziggurat()

    private init() {
        // The further out the tail begins, the smaller is the area of a layer: too large an area reaches the top too early.
        var (low, high) = (3.0, 4.0)
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if Self.ends(edge: middle) == nil { low = middle } else { high = middle }
        }
        let ends = Self.ends(edge: high) ?? []
        edge = high
        let places = 0x1p52
        layers = (0..<Self.count).map { layer in
            Layer(scale: ends[layer] / places, inside: UInt64(ends[layer + 1] / ends[layer] * places))
        }
        heights = ends.map(Self.height)
    }

    static func height(_ x: Double) -> Double { RealMath.exponential(-x * x / 2) }

    /// The outer ends of the layers where the tail begins at `edge`, and zero; `nil` where a layer's area is so large that the
    /// top is passed.
    private static func ends(edge: Double) -> [Double]? {
        let tail = (Double.pi / 2).squareRoot() * RealMath.complementaryError(edge * 0.5.squareRoot())
        let area = edge * height(edge) + tail
        var ends = [area / height(edge), edge]
        while ends.count < count {
            let next = height(ends[ends.count - 1]) + area / ends[ends.count - 1]
            guard next < 1 else { return nil }
            ends.append((-2 * RealMath.logarithm(next)).squareRoot())
        }
        guard height(ends[count - 1]) + area / ends[count - 1] < 1 else { return nil }
        return ends + [0]
    }
}
