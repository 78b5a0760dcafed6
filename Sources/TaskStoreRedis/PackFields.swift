import TaskQueue

/// Takes the elements of a list one after the other; what does not fit is `corrupt`.
struct PackFields {
    private var rest: ArraySlice<PackValue>

    init(_ bytes: [UInt8]) throws(TaskStoreError) {
        guard case .array(let elements) = try PackReader.read(bytes) else { throw PackReader.damaged }
        rest = elements[...]
    }

    var isEmpty: Bool { rest.isEmpty }

    mutating func next() throws(TaskStoreError) -> PackValue {
        guard let value = rest.popFirst() else { throw PackReader.damaged }
        return value
    }

    mutating func integer() throws(TaskStoreError) -> Int64 { try next().integer() }
    mutating func optionalInteger() throws(TaskStoreError) -> Int64? { try next().optionalInteger() }
    mutating func text() throws(TaskStoreError) -> String { try next().text() }
    mutating func optionalText() throws(TaskStoreError) -> String? { try next().optionalText() }
    mutating func time() throws(TaskStoreError) -> StoreTime { StoreTime(milliseconds: try integer()) }
}

extension PackValue {
    var isNone: Bool { self == .none || self == .bool(false) }

    func integer() throws(TaskStoreError) -> Int64 {
        switch self {
        case .integer(let number): return number
        // Whole numbers beyond 2⁵³, which Lua holds as doubles.
        case .double(let number):
            if number >= 0x1p63 { return .max }
            return number <= -0x1p63 ? .min : Int64(number)
        case .none, .bool, .data, .array: throw PackReader.damaged
        }
    }

    func double() throws(TaskStoreError) -> Double {
        if case .double(let number) = self { return number }
        return Double(try integer())
    }

    func data() throws(TaskStoreError) -> [UInt8] {
        guard case .data(let bytes) = self else { throw PackReader.damaged }
        return bytes
    }

    func text() throws(TaskStoreError) -> String { String(decoding: try data(), as: UTF8.self) }

    func optionalInteger() throws(TaskStoreError) -> Int64? { isNone ? nil : try integer() }
    func optionalText() throws(TaskStoreError) -> String? { isNone ? nil : try text() }

    func texts() throws(TaskStoreError) -> [String] {
        guard case .array(let values) = self else { throw PackReader.damaged }
        var texts: [String] = []
        for value in values { texts.append(try value.text()) }
        return texts
    }
}
