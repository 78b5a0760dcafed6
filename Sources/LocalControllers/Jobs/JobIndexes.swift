/// Some of the indexes of an Indexed job, as its status writes those that have succeeded or failed: `0-3,5`.
struct JobIndexes: Sendable, Hashable {
    private(set) var indexes: Set<Int>

    /// - Parameter completions: indexes beyond are dropped, as those of a job that was made smaller.
    init(_ text: String?, completions: Int) {
        indexes = []
        for part in (text ?? "").split(separator: ",") {
            let bounds = part.split(separator: "-", maxSplits: 1).compactMap { Int($0) }
            guard let first = bounds.first, let last = bounds.last, first >= 0, first <= last else { continue }
            indexes.formUnion(first..<max(first, min(last + 1, completions)))
        }
    }

    var count: Int { indexes.count }

    func contains(_ index: Int) -> Bool { indexes.contains(index) }

    mutating func insert(_ index: Int) { indexes.insert(index) }

    /// `nil` where there is none; two neighbours are written one by one, more as a range.
    var text: String? {
        var ranges: [ClosedRange<Int>] = []
        for index in indexes.sorted() {
            if let last = ranges.last, last.upperBound + 1 == index {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        let parts = ranges.map { range in
            switch range.count {
            case 1: "\(range.lowerBound)"
            case 2: "\(range.lowerBound),\(range.upperBound)"
            default: "\(range.lowerBound)-\(range.upperBound)"
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ",")
    }
}
