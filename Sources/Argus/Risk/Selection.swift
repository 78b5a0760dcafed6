/// Finding an order statistic without sorting.
enum Selection {
    /// The value that stands at `index` when the values are sorted: Hoare's selection with the median of three; where that goes
    /// badly, by sorting what is left.
    static func value(_ values: [Double], at index: Int) -> Double {
        var copy = values
        return copy.withUnsafeMutableBufferPointer { select($0, index) }
    }

    private static func select(_ values: UnsafeMutableBufferPointer<Double>, _ index: Int) -> Double {
        var (low, high) = (0, values.count - 1)
        var budget = 4 * (Int.bitWidth - values.count.leadingZeroBitCount)
        while high - low > 16 {
            guard budget > 0 else { break }
            budget -= 1
            let middle = low + (high - low) / 2
            if values[middle] < values[low] { values.swapAt(middle, low) }
            if values[high] < values[low] { values.swapAt(high, low) }
            if values[high] < values[middle] { values.swapAt(high, middle) }
            let pivot = values[middle]
            var (left, right) = (low, high)
            repeat {
                while values[left] < pivot { left += 1 }
                while pivot < values[right] { right -= 1 }
                if left <= right {
                    values.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            } while left <= right
            if index <= right {
                high = right
            } else if index >= left {
                low = left
            } else {
                return values[index]
            }
        }
        var rest = UnsafeMutableBufferPointer(rebasing: values[low...high])
        rest.sort()
        return values[index]
    }
}
