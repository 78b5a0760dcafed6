/// A smooth function of one variable by cubic pieces through its exact values and slopes; outside the table, the function itself.
///
/// With 128 pieces in a unit the error is about 1e-11 of the fourth derivative.
struct HermiteTable: Sendable {
    typealias Function = @Sendable (_ x: Double) -> (value: Double, slope: Double)

    private static let reach = 10.0
    private static let piecesPerUnit = 128.0

    private let function: Function
    /// Value and slope times the width of a piece, in turn.
    private let nodes: [Double]

    init(_ function: @escaping Function) {
        self.function = function
        let count = Int(2 * Self.reach * Self.piecesPerUnit)
        var nodes: [Double] = []
        nodes.reserveCapacity(2 * count + 2)
        for index in 0...count {
            let (value, slope) = function(Double(index) / Self.piecesPerUnit - Self.reach)
            nodes.append(value)
            nodes.append(slope / Self.piecesPerUnit)
        }
        self.nodes = nodes
    }

    func value(at x: Double) -> Double {
        guard abs(x) < Self.reach else { return function(x).value }
        let place = (x + Self.reach) * Self.piecesPerUnit
        let piece = Int(place)
        let t = place - Double(piece)
        let base = 2 * piece
        let (left, leftSlope) = (nodes[base], nodes[base + 1])
        let (right, rightSlope) = (nodes[base + 2], nodes[base + 3])
        let rise = right - left
        return left + t
            * (leftSlope + t * ((3 * rise - 2 * leftSlope - rightSlope) + t * (leftSlope + rightSlope - 2 * rise)))
    }
}
