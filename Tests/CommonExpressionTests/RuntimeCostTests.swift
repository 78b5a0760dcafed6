import StructuredData
import Testing

@testable import CommonExpression

/// What expressions cost when they run; the numbers are those of a real API server's library.
@Suite("Cost of evaluation")
struct RuntimeCostTests {
    private func cost(_ source: String, _ subject: Subject) throws -> UInt64 {
        let evaluation = try subject.evaluate(source)
        guard case .success(.bool(true)) = evaluation.result else {
            Issue.record("\(source) is \(evaluation.result)")
            return 0
        }
        return evaluation.cost
    }

    private static let scalars = Subject(
        schema: [
            "type": "object",
            "properties": [
                "text": ["type": "string"], "other": ["type": "string"], "number": ["type": "integer"],
                "ratio": ["type": "number"], "bytes": ["type": "string", "format": "byte"],
                "wait": ["type": "string", "format": "duration"], "day": ["type": "string", "format": "date"],
                "port": ["x-kubernetes-int-or-string": true],
            ],
        ],
        object: [
            "text": "Rook takes 👑", "other": "Rook takes 👑", "number": 5, "ratio": 10.0, "bytes": "QUI=",
            "wait": "1h2m3s4ms", "day": "1997-07-16", "port": "25%",
        ])

    @Test(
        "Scalars",
        arguments: [
            ("self.text.startsWith('Rook')", 3), ("!self.text.startsWith('knight')", 4),
            ("self.text.matches('^[^0-9]*$')", 8), ("!self.text.matches('^[0-9]*$')", 7),
            ("type(self.text) == string", 4), ("size(self.text) == 12", 4), ("self.text.charAt(3) == 'k'", 4),
            ("self.text.indexOf('o') == 1", 4), ("self.text.replace(' ', 'x') == 'Rookxtakesx👑'", 7),
            ("self.text.split(' ') == ['Rook', 'takes', '👑']", 6), ("self.text.substring(5) == 'takes 👑'", 5),
            ("self.text.substring(4, 10).trim() == 'takes'", 6), ("self.text.upperAscii() == 'ROOK TAKES 👑'", 6),
            ("self.text.lowerAscii() == self.text.lowerAscii()", 10), ("self.text == self.other", 6),
            ("'%o %o %o'.format([7, 8, 9]) == '7 10 11'", 2), ("double(self.number) < self.ratio", 6),
            ("double(5) < 10.0", 1), ("5 < int(10.0)", 1), ("self.bytes == b'AB'", 3), ("size(self.bytes) == 2", 4),
            ("self.wait == duration('1h2m') + duration('3s4ms')", 4), ("self.wait.getHours() == 1", 4),
            ("self.day.getDate() == 16", 4), ("type(self.day) == google.protobuf.Timestamp", 4),
            ("type(self.port) == int ? self.port == 1 : self.port == '25%'", 7), ("self.port != 1", 3),
            ("self.port == '25%' || self.port == 1", 3), ("self.port != ['anything']", 3),
            ("self.text in ['Pending', 'Rook takes 👑']", 2),
        ])
    func scalars(source: String, expected: UInt64) throws { #expect(try cost(source, Self.scalars) == expected) }

    private static let containers = Subject(
        schema: [
            "type": "object",
            "properties": [
                "array": ["type": "array", "items": ["type": "integer"]],
                "map": ["type": "object", "additionalProperties": ["type": "integer"]],
                "set": ["type": "array", "x-kubernetes-list-type": "set", "items": ["type": "string"]],
                "set2": ["type": "array", "x-kubernetes-list-type": "set", "items": ["type": "string"]],
                "rows": [
                    "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                    "items": [
                        "type": "object",
                        "properties": ["k": ["type": "string"], "v": ["type": "string"], "v2": ["type": "string"]],
                    ],
                ],
            ],
        ],
        object: [
            "array": [1, 1, 2, 2, 3, 3, 4, 5], "map": ["b": 1, "d": 2], "set": ["a", "b", "c"],
            "set2": ["a", "c", "b"],
            "rows": [["k": "a1", "v": "b1"], ["k": "a2", "v": "b2"], ["k": "a3", "v": "b3", "v2": "z"]],
        ])

    @Test(
        "Containers and folds",
        arguments: [
            ("2 in self.array", 10), ("self.array.all(e, e > 0)", 43), ("self.array.exists(e, e > 2)", 36),
            ("self.array.exists_one(e, e > 4)", 22), ("!self.array.all(e, e < 2)", 21),
            ("!self.array.exists(e, e < 0)", 52), ("size(self.array.filter(e, e%2 == 0)) == 3", 68),
            ("self.array.map(e, e * 20).filter(e, e > 50).exists(e, e == 60)", 194),
            ("self.array.transformList(i, e, e > 2, e * 2).size() > 0", 77),
            ("self.array.transformList(i, e, e * 2).size() > 0", 117), ("size(self.array) == 8", 4),
            ("!('a' in self.map)", 4), ("!has(self.map.a)", 3), ("has(self.map.b)", 2),
            ("self.map.all(k, self.map[k] > 0)", 17), ("size(self.map.filter(k, self.map[k] > 1)) == 1", 26),
            ("self.map.all(k, v, v > 0)", 13), ("self.map.transformMap(k, v, v > 1, v + 1).size() == 1", 14),
            ("self.map.transformMapEntry(k, v, {k + '2': v + 1}).size() == 2", 77),
            ("self.set == ['c', 'b', 'a']", 3), ("self.set == self.set2", 5), ("'a' in self.set", 5),
            ("self.set + self.set2 == ['a', 'b', 'c']", 6), ("self.set + ['c', 'd'] == ['a', 'b', 'c', 'd']", 4),
            ("sets.contains(self.set, ['a'])", 6), ("sets.equivalent(self.set, ['a', 'b', 'c'])", 21),
            ("has(self.rows[0].v)", 3), ("self.rows.all(m, m.k.startsWith('a'))", 21),
            ("self.rows.all(m, !has(m.v2) || m.v2 == 'z')", 21), ("self.rows.exists(m, m.k.endsWith('1'))", 13),
            ("self.rows.exists(m, m.v2 == 'z')", 24), ("!self.rows.all(m, m.v2 != 'z')", 22),
            ("self.rows.map(m, has(m.v2) && m.v2 == 'z', m.v2).size() == 1", 25),
            ("self.rows.transformList(i, m, m.v).size() == 3", 47),
        ])
    func containers(source: String, expected: UInt64) throws {
        #expect(try cost(source, Self.containers) == expected)
    }

    @Test("More work than one expression may do ends it")
    func limit() throws {
        let evaluation = try Subject().evaluate(
            "lists.range(1000).all(x, lists.range(1000).all(y, lists.range(1000).all(z, true)))")
        guard case .failure(let error) = evaluation.result else {
            Issue.record("it ran to its end")
            return
        }
        #expect(error.code == .costLimitExceeded)
        #expect(error.description == "operation cancelled: actual cost limit exceeded")
    }

    @Test("Logic does not get over the limit")
    func limitInLogic() throws {
        let evaluation = try Subject().evaluate(
            "true || lists.range(100000).all(x, lists.range(1000).all(y, true))".replacing("true ||", with: "false ||"))
        #expect(throws: EvaluationError.costLimit) { try evaluation.result.get() }
    }
}
