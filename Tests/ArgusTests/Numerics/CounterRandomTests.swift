import StructuredData
import Testing

@testable import Argus

@Suite("Counter-based random variates")
struct CounterRandomTests {
    @Test("Philox gives the known answers of its authors, and NumPy's words")
    func philox() throws {
        // The third known answer of Random123 1.14: digits of π as counter and key.
        let pi = Philox(key: (0x4528_21e6_38d0_1377, 0xbe54_66cf_34e9_0c6c))
            .block((0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89))
        #expect(
            pi == (0xa528_f454_03e6_1d95, 0x38c7_2dbd_566e_9788, 0xa5a1_610e_72fd_18b5, 0x57bd_43b5_e52b_7fe6))
        let cases = try #require(try Fixture.json("numerics")["philox"]?.arrayValue)
        #expect(cases.count == 3)
        for item in cases {
            func words(_ name: String) -> [UInt64] {
                (item[name]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap { UInt64($0) } }
            }
            let (counter, key, wanted) = (words("counter"), words("key"), words("words"))
            let found = Philox(key: (key[0], key[1])).block((counter[0], counter[1], counter[2], counter[3]))
            #expect([found.0, found.1, found.2, found.3] == wanted)
        }
    }

    private func normals(_ random: CounterRandom, paths: Range<Int>, indexes: Range<Int>) -> [Double] {
        [Double](unsafeUninitializedCapacity: paths.count * indexes.count) { buffer, count in
            random.normals(paths: paths, indexes: indexes, stream: 0, into: buffer)
            count = paths.count * indexes.count
        }
    }

    @Test("a variate is the same however the work is divided")
    func division() {
        let random = CounterRandom(seed: 7)
        // Enough that layers' edges and the tail are met.
        let whole = normals(random, paths: 0..<4000, indexes: 0..<7)
        let parts = [0..<1, 1..<1333, 1333..<4000].flatMap { normals(random, paths: $0, indexes: 0..<7) }
        #expect(whole == parts)
        for (path, index) in [(0, 0), (17, 3), (3999, 6), (256, 5)] {
            #expect(random.normal(path: path, stream: 0, index: index) == whole[path * 7 + index])
        }
        #expect(normals(random, paths: 90..<91, indexes: 3..<6) == Array(whole[633..<636]))
        #expect(whole.contains { abs($0) > Ziggurat.normal.edge })
        #expect(normals(CounterRandom(seed: 8), paths: 0..<4, indexes: 0..<7) != Array(whole.prefix(28)))
    }

    /// The largest distance between the sample's and the wanted distribution, times √n (Kolmogorov).
    private func kolmogorov(_ sample: [Double], _ cumulative: (Double) -> Double) -> Double {
        let sorted = sample.sorted()
        let count = Double(sorted.count)
        var worst = 0.0
        for (index, value) in sorted.enumerated() {
            let wanted = cumulative(value)
            worst = max(worst, abs(wanted - Double(index) / count), abs(wanted - Double(index + 1) / count))
        }
        return worst * count.squareRoot()
    }

    // Beyond 1.95 lies one sample in a thousand; the samples here are always the same.
    @Test("uniforms, normals, gamma and χ² variates have their distributions")
    func distributions() {
        let random = CounterRandom(seed: 2024)
        let count = 60_000
        #expect(kolmogorov((0..<count).map { random.uniform(path: $0 / 5, stream: 3, index: $0 % 5) }) { $0 } < 1.95)
        let normal = normals(random, paths: 0..<count / 5, indexes: 0..<5)
        #expect(kolmogorov(normal, NormalDistribution.cumulative) < 1.95)
        for degrees in [0.9, 2.1, 5.0, 60.0] {
            let distribution = ChiSquaredDistribution(degrees: degrees)
            let sample = (0..<count).map {
                random.chiSquared(degrees: degrees, path: $0 / 2, stream: 9, index: $0 % 2)
            }
            #expect(kolmogorov(sample, distribution.cumulative) < 1.95, "\(degrees)")
        }
    }

    @Test("the tail of the normal variates is filled as it must be")
    func tail() {
        let sample = normals(CounterRandom(seed: 5), paths: 0..<400_000, indexes: 0..<5)
        for limit in [3.0, Ziggurat.normal.edge, 4.0, 4.5] {
            let wanted = 2 * NormalDistribution.cumulative(-limit) * Double(sample.count)
            let found = Double(sample.count { abs($0) > limit })
            #expect(abs(found - wanted) < 4 * wanted.squareRoot(), "\(limit): \(found) for \(wanted)")
        }
        #expect(abs(Ziggurat.normal.edge - 3.654_152_885_361_008_8) < 1e-12)
    }

    @Test("neighbouring variates, paths, streams and seeds are uncorrelated")
    func correlation() {
        let count = 100_000
        let first = CounterRandom(seed: 1)
        let samples = [
            (0..<count).map { first.normal(path: $0, stream: 0, index: 0) },
            (0..<count).map { first.normal(path: $0, stream: 0, index: 1) },
            (0..<count).map { first.normal(path: $0 + 1, stream: 0, index: 0) },
            (0..<count).map { first.normal(path: $0, stream: 1, index: 0) },
            (0..<count).map { CounterRandom(seed: 2).normal(path: $0, stream: 0, index: 0) },
        ]
        for other in samples.dropFirst() {
            var (products, squares) = (0.0, 0.0)
            for (a, b) in zip(samples[0], other) {
                products += a * b
                squares += (a * a - 1) * (b * b - 1)
            }
            #expect(abs(products) / Double(count).squareRoot() < 4)
            #expect(abs(squares) / Double(count).squareRoot() < 8)
        }
    }
}
