/// The parameters of one statement in the server's binary format, one after the other in one buffer.
struct Parameters: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each parameter lies; `nil`: NULL.
    private(set) var ranges: [Range<Int>?] = []

    init(_ cells: Cell...) {
        for cell in cells { add(cell) }
    }

    mutating func add(_ cell: Cell) {
        if case .null = cell { return ranges.append(nil) }
        let start = bytes.count
        append(cell)
        ranges.append(start..<bytes.count)
    }

    /// An array of one dimension.
    mutating func add(_ type: ColumnType, _ cells: some Sequence<Cell>) {
        let start = bytes.count
        // Dimensions, whether it has NULLs (which nobody checks), type, length, lower bound. An array without elements has no
        // dimensions.
        append(UInt32(1))
        append(UInt32(1))
        append(type.oid)
        append(UInt32(0))
        append(UInt32(1))
        var count: UInt32 = 0
        for cell in cells {
            count += 1
            if case .null = cell {
                append(UInt32.max)
                continue
            }
            let place = bytes.count
            append(UInt32(0))
            append(cell)
            set(UInt32(bytes.count - place - 4), at: place)
        }
        if count == 0 {
            bytes.removeLast(8)
            set(0, at: start)
        } else {
            set(count, at: start + 12)
        }
        ranges.append(start..<bytes.count)
    }

    mutating func add(_ texts: some Sequence<String>) { add(.text, texts.lazy.map { .text($0) }) }
    mutating func add(_ integers: some Sequence<Int64>) { add(.integer, integers.lazy.map { .integer($0) }) }

    /// One array for each column.
    mutating func add<Row>(_ columns: [Column<Row>], of rows: [Row]) {
        for column in columns { add(column.type, rows.lazy.map(column.cell)) }
    }

    private mutating func append(_ cell: Cell) {
        switch cell {
        case .null: break
        case .integer(let value): append(UInt64(bitPattern: value))
        case .double(let value): append(value.bitPattern)
        case .boolean(let value): bytes.append(value ? 1 : 0)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .text(let value): append(value)
        }
    }

    /// The server's text holds any character but U+0000; the picture of it stands in its place.
    private mutating func append(_ text: String) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        guard bytes[start...].contains(0) else { return }
        bytes.removeSubrange(start...)
        bytes.append(
            contentsOf: text.unicodeScalars.lazy.map { $0 == "\0" ? "\u{2400}" : $0 }.flatMap { Array(String($0).utf8) }
        )
    }

    private mutating func append(_ integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func set(_ integer: UInt32, at place: Int) {
        withUnsafeBytes(of: integer.bigEndian) { source in
            for offset in 0..<4 { bytes[place + offset] = source[offset] }
        }
    }
}
