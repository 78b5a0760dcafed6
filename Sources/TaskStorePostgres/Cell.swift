/// A value in a column.
enum Cell: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    case boolean(Bool)
    case double(Double)

    init(_ value: Int64?) { self = value.map(Cell.integer) ?? .null }
    init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
    init(_ value: String?) { self = value.map(Cell.text) ?? .null }
    init(_ value: [UInt8]?) { self = value.map(Cell.bytes) ?? .null }
    init(_ value: Bool?) { self = value.map(Cell.boolean) ?? .null }
}

/// The types of columns that the store uses, and how they are called.
enum ColumnType: Sendable {
    case integer
    case text
    case bytes
    case boolean
    case double

    /// As in a statement.
    var name: String {
        switch self {
        case .integer: "bigint"
        case .text: "text"
        case .bytes: "bytea"
        case .boolean: "boolean"
        case .double: "double precision"
        }
    }

    /// The type's number in the server's catalogue, which is fixed.
    var oid: UInt32 {
        switch self {
        case .boolean: 16
        case .bytes: 17
        case .integer: 20
        case .text: 25
        case .double: 701
        }
    }
}

/// A column of a table, and what a row has there.
struct Column<Row>: Sendable {
    var name: String
    var type: ColumnType
    var cell: @Sendable (Row) -> Cell

    init(_ name: String, _ type: ColumnType, _ cell: @escaping @Sendable (Row) -> Cell) {
        self.name = name
        self.type = type
        self.cell = cell
    }
}
