import StructuredData
import Testing

@Suite("JSON values")
struct JSONTests {
    @Test("numbers are equal, and hash alike, when their values are")
    func numbers() {
        #expect(JSON.integer(1) == JSON.number(1.0))
        #expect(Set<JSON>([.integer(1), .number(1.0), .number(-0.0), .integer(0)]).count == 2)
        #expect(JSON.integer((1 << 53) + 1) != JSON.number(9_007_199_254_740_992))
        #expect(JSON.number(.nan) != JSON.number(.nan))
        #expect(JSON.number(1e300) != .integer(.max))
    }

    @Test("the order of members takes no part in equality")
    func order() {
        let (left, right): (JSON, JSON) = (["a": 1, "b": [2]], ["b": [2], "a": 1])
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != ["a": 1, "b": [3]])
        #expect(left != ["a": 1])
        #expect(left != ["a": 1, "c": [2]])
    }

    @Test("members are read and set in place")
    func members() {
        var value: JSON = nil
        value["a"] = 1
        value["b"]?["c"] = 2
        #expect(value == ["a": 1])
        value["b"] = [:]
        value["b"]?["c"] = 2
        value["a"] = nil
        #expect(value == ["b": ["c": 2]])
        #expect(value["b"]?["c"]?.intValue == 2)
        #expect(value[0] == nil)
        #expect(([1, 2] as JSON)[1] == 2)
        #expect(([1, 2] as JSON)[2] == nil)
    }

    @Test("an object returns what a member was before")
    func updating() {
        var members: JSONObject = ["a": 1]
        #expect(members.updateValue(2, forKey: "a") == 1)
        #expect(members.updateValue(3, forKey: "b") == nil)
        #expect(members.keys == ["a", "b"])
        members["n", default: 1] = 5
        #expect(members.removeValue(forKey: "n") == 5)
        #expect(members.values == [2, 3])
    }
}
