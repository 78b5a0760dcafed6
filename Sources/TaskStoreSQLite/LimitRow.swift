import GRDB
import TaskQueue

/// How a key's limit lies in the table `limits`.
enum LimitRow {
    static let select = "SELECT key, max_concurrent, rate_interval, rate_burst FROM limits "

    static func read(_ row: Row) -> KeyLimitEntry {
        var row = RowReader(row)
        let key = row.text()
        let maxConcurrent = row.optionalInt()
        let interval = row.optionalInteger()
        let burst = row.optionalInt()
        let rate: RateLimit? =
            if let interval, let burst { RateLimit(intervalMicroseconds: interval, burst: burst) } else { nil }
        return KeyLimitEntry(key: key, limit: KeyLimit(maxConcurrent: maxConcurrent, rate: rate))
    }
}
