import Testing

@testable import StructuredData

@Suite("Texts that are checked for being JSON while they arrive")
struct JSONStreamCheckTests {
    /// What is wrong with a text that comes in pieces of so many bytes.
    private func failure(_ bytes: [UInt8], pieces: Int, depthLimit: Int = JSON.defaultDepthLimit)
        -> JSONStreamCheck.Failure?
    {
        var check = JSONStreamCheck(depthLimit: depthLimit)
        do throws(JSONStreamCheck.Failure) {
            for start in stride(from: 0, to: bytes.count, by: pieces) {
                try check.take(bytes[start..<min(start + pieces, bytes.count)])
            }
            try check.finish()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: SeededGenerator.freshSeeds)
    func `what the parser takes is taken, and what it refuses is refused, in whatever pieces it comes`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        for round in 0..<2000 {
            var bytes = random.value().serialized()
            let place = Int.random(in: 0..<bytes.count, using: &random.random)
            switch Int.random(in: 0..<4, using: &random.random) {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &random.random)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random.random), at: place)
            default: break
            }
            let isJSON = (try? JSON.parse(bytes)) != nil
            let whole = failure(bytes, pieces: max(bytes.count, 1))
            #expect((whole == nil) == isJSON, "seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
            for pieces in [1, 2, 7] {
                #expect(failure(bytes, pieces: pieces) == whole, "seed \(seed), round \(round), pieces of \(pieces)")
            }
        }
    }

    @Test(arguments: [
        "1", " [ ] ", #"{"a":{"b":[true,false,null,-0.5e-7,"\u00e4\ud83d\ude00\n"]}}"#, "-0", "1E300",
    ])
    func `one value, with blanks around it, is JSON`(text: String) {
        #expect(failure([UInt8](text.utf8), pieces: 1) == nil)
    }

    @Test(arguments: [
        ("", 0), ("  ", 2), ("1 2", 2), ("[1,]", 3), ("{,}", 1), ("[1}", 2), (#"{"a" 1}"#, 5), ("01", 1), ("1.", 2),
        ("-", 1), ("1e", 2), ("nul", 3), ("nulL", 3), (#""\x""#, 2), (#""\u12G4""#, 5), (#""\ud800""#, 7),
        (#""\ude00""#, 6), ("1e999", 5), ("\"\n\"", 1), (#"{"a":1"#, 6),
    ])
    func `where a text stops being JSON is told`(text: String, offset: Int) {
        #expect(failure([UInt8](text.utf8), pieces: 1)?.offset == offset)
    }

    @Test func `nesting and numbers have bounds`() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 3) + [UInt8](repeating: UInt8(ascii: "]"), count: 3)
        #expect(failure(deep, pieces: 1, depthLimit: 3) == nil)
        #expect(failure(deep, pieces: 1, depthLimit: 2)?.offset == 2)
        let digits = [UInt8](repeating: UInt8(ascii: "1"), count: 300)
        #expect(failure(digits, pieces: 9) == nil)
        #expect(failure(digits + digits, pieces: 9) != nil)
        let fraction = [UInt8](repeating: UInt8(ascii: "1"), count: JSONStreamCheck.maxNumberBytes)
        #expect(failure(Array("0.".utf8) + fraction.dropLast(2), pieces: 9) == nil)
        #expect(failure(Array("0.".utf8) + fraction, pieces: 9)?.offset == JSONStreamCheck.maxNumberBytes)
    }
}
