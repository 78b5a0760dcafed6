private import Crypto
internal import StructuredData

extension Dataset {
    /// What the answer says of the data that it was made from, before any repair.
    ///
    /// `sha256` is of the data's canonical form: the input's JSON without its name, cut at `asOf`, members sorted by name, no
    /// white space, the shortest digits of each double, `null` where a value is missing. So the same data as bars, CSV text or
    /// file have the same hash, and rows after `asOf` leave it alone.
    func lineage() -> JSON {
        var members: JSONObject = [
            "name": JSON(name), "sha256": JSON(Self.hexadecimal(SHA256.hash(data: canonicalBytes()))),
            "rows": JSON(rowCount),
        ]
        if let first = times.first, let last = times.last {
            members["from"] = JSON(first)
            members["to"] = JSON(last)
        }
        return .object(members)
    }

    func canonicalBytes() -> [UInt8] {
        var data = JSONObject()
        if hasTimes { data["time"] = JSON(times) }
        let values = columns.map { column in
            (column.name, JSON.array(column.values.map { $0.isNaN ? .null : .number($0) }))
        }
        let json: JSON
        switch form {
        case .bars:
            for (name, column) in values { data[name] = column }
            json = ["bars": .object(data)]
        case .table:
            data["columns"] = .object(JSONObject(values))
            json = ["table": .object(data)]
        case .returns(let unit):
            data["columns"] = .object(JSONObject(values))
            json = ["returns": .object(data), "unit": JSON(unit.rawValue)]
        }
        return json.serialized(.sortedKeys)
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
