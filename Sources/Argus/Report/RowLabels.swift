/// What stands below an axis of rows: the years, months or days at which they change, or the rows' numbers.
struct RowLabels: Sendable {
    struct Label: Sendable, Equatable {
        var row: Int
        var text: String
    }

    /// The most that fit beside each other.
    private static let most = 9
    /// How much of a time `YYYY-MM-DD…` names a year, a month, a day.
    private static let lengths = [4, 7, 10]

    let labels: [Label]

    /// - Parameter times: rising; empty where rows have none.
    init(times: [String], count: Int) {
        guard times.count == count, count > 0 else {
            let step = max(1, Self.roundUp(count / Self.most))
            labels = stride(from: 0, to: count, by: step).map { Label(row: $0, text: String($0 + 1)) }
            return
        }
        var best: [Label] = []
        for length in Self.lengths {
            var changes: [Label] = []
            var last: Substring?
            for (row, time) in times.enumerated() {
                let text = time.prefix(length)
                // Where the first row falls within a period is nowhere in particular.
                if let last, text != last { changes.append(Label(row: row, text: String(text))) }
                last = text
            }
            best = changes
            if changes.count >= 4 { break }
        }
        if best.isEmpty { best = [Label(row: 0, text: String(times[0].prefix(Self.lengths[2])))] }
        let step = (best.count + Self.most - 1) / Self.most
        labels = stride(from: 0, to: best.count, by: max(1, step)).map { best[$0] }
    }

    private static func roundUp(_ value: Int) -> Int {
        var unit = 1
        while unit * 10 <= value { unit *= 10 }
        return [1, 2, 5, 10].map { $0 * unit }.first { $0 >= value } ?? value
    }
}
