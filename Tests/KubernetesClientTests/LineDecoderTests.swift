import HTTPTransport
import Testing

@testable import KubernetesClient

@Suite struct LineDecoderTests {
    @Test func linesComeOutAsASplitAtNewlinesWouldGiveThem() throws {
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
                "abc\n\n\r".utf8.randomElement(using: &generator) ?? 0
            }
            let expected = text.split(separator: 10, omittingEmptySubsequences: false).dropLast()
                .map { $0.last == 13 ? Array($0.dropLast()) : Array($0) }.filter { !$0.isEmpty }
            var decoder = LineDecoder(maxLineBytes: 1000)
            var lines: [[UInt8]] = []
            var position = 0
            while position < text.count {
                let size = Int.random(in: 1...8, using: &generator)
                decoder.append(Array(text[position..<min(position + size, text.count)]))
                position += size
                // The reader does not always take everything at once.
                while Bool.random(using: &generator), let line = try decoder.next() { lines.append(line) }
            }
            while let line = try decoder.next() { lines.append(line) }
            #expect(lines == expected)
        }
    }

    @Test func aLineOfTheGreatestLengthIsStillRead() throws {
        let line = [UInt8](repeating: 120, count: 10)
        var decoder = LineDecoder(maxLineBytes: 10)
        decoder.append(line)
        #expect(try decoder.next() == nil)
        decoder.append([10])
        #expect(try decoder.next() == line)
        decoder.append(line + [120])
        #expect(throws: HTTPTransportError.self) { try decoder.next() }
        var whole = LineDecoder(maxLineBytes: 10)
        whole.append(line + [120, 10])
        #expect(throws: HTTPTransportError.self) { try whole.next() }
    }

    @Test func nothingIsKeptOfABurstWhoseLinesHaveAllBeenRead() throws {
        var decoder = LineDecoder(maxLineBytes: 1000)
        decoder.append(Array("first\nsecond\nthi".utf8))
        while try decoder.next() != nil {}
        #expect(decoder.keptBytes > 0)
        decoder.append(Array("rd\n".utf8))
        #expect(try decoder.next() == Array("third".utf8))
        #expect(try decoder.next() == nil)
        #expect(decoder.keptBytes == 0)
    }
}
