package import StructuredData
package import SwarmAPI

/// The items of a fan-out: each is made when it is asked for, so that many cost no more memory than few.
package struct FanOutItems: Sendable, Equatable {
    private enum Source: Sendable, Equatable {
        case list([JSON])
        case range(from: Int, step: Int)
        case matrix([Axis])
    }

    private struct Axis: Sendable, Equatable {
        var name: String
        var values: [JSON]
    }

    private let source: Source
    package let count: Int

    /// - Parameter read: the value that `itemsFrom` names.
    /// - Throws: `InputProblem` where there are too many, or what is named is no array; what `read` throws.
    package init(
        _ fanOut: SwarmTask.FanOut, read: (SwarmTask.ItemSource) async throws -> JSON
    ) async throws {
        if let items = fanOut.items {
            self.init(.list(items), count: items.count)
        } else if let from = fanOut.itemsFrom {
            guard let items = try await read(from).arrayValue else {
                throw InputProblem.invalid("spec.fanOut.itemsFrom: what it names is no JSON array")
            }
            self.init(.list(items), count: items.count)
        } else if let range = fanOut.range {
            let step = max(range.step ?? 1, 1)
            self.init(
                .range(from: range.from, step: step),
                count: range.to < range.from ? 0 : (range.to - range.from) / step + 1)
        } else {
            let axes = (fanOut.matrix ?? [:]).sorted { $0.key < $1.key }.map { Axis(name: $0.key, values: $0.value) }
            // The product of some large numbers need not fit; a bound beyond the limit is enough.
            let count = axes.reduce(1) { min($0, SwarmTask.FanOut.largestItemCount + 1) * $1.values.count }
            self.init(.matrix(axes), count: count)
        }
        guard count <= SwarmTask.FanOut.largestItemCount else {
            throw InputProblem.invalid(
                "spec.fanOut has more items than the \(SwarmTask.FanOut.largestItemCount) that one task may have")
        }
    }

    private init(_ source: Source, count: Int) {
        self.source = source
        self.count = count
    }

    package subscript(index: Int) -> JSON {
        switch source {
        case .list(let items): return items[index]
        case .range(let from, let step): return .integer(Int64(from + index * step))
        case .matrix(let axes):
            var item: JSON = [:]
            var rest = index
            for axis in axes.reversed() {
                item[axis.name] = axis.values[rest % axis.values.count]
                rest /= axis.values.count
            }
            return item
        }
    }
}
