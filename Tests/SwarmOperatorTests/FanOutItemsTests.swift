import StructuredData
import SwarmAPI
import SwarmOperator
import Testing

@Suite struct FanOutItemsTests {
    private func items(_ fanOut: SwarmTask.FanOut, named: JSON = .null) async throws -> FanOutItems {
        try await FanOutItems(fanOut) { _ in named }
    }

    private func all(_ items: FanOutItems) -> [JSON] { (0..<items.count).map { items[$0] } }

    @Test func `A list is what it is, whether it stands in the object or elsewhere`() async throws {
        let list: [JSON] = [1, "two", ["three": 3], nil]
        #expect(all(try await items(SwarmTask.FanOut(items: list))) == list)
        let source = SwarmTask.ItemSource(path: "/results/first")
        #expect(all(try await items(SwarmTask.FanOut(itemsFrom: source), named: .array(list))) == list)
        await #expect(throws: InputProblem.self) {
            _ = try await items(SwarmTask.FanOut(itemsFrom: source), named: ["no": "list"])
        }
    }

    @Test func `A range has both its ends, as far as the steps meet the last`() async throws {
        func range(_ from: Int, _ to: Int, _ step: Int?) async throws -> [JSON] {
            all(try await items(SwarmTask.FanOut(range: SwarmTask.Range(from: from, to: to, step: step))))
        }
        #expect(try await range(1, 3, nil) == [1, 2, 3])
        #expect(try await range(-2, 5, 3) == [-2, 1, 4])
        #expect(try await range(4, 4, 7) == [4])
        #expect(try await range(5, 4, 1) == [])
    }

    @Test func `A matrix has each combination once, the last name changing first`() async throws {
        let matrix: [String: [JSON]] = ["b": [1, 2], "a": ["x", "y"]]
        #expect(
            all(try await items(SwarmTask.FanOut(matrix: matrix))) == [
                ["a": "x", "b": 1], ["a": "x", "b": 2], ["a": "y", "b": 1], ["a": "y", "b": 2],
            ])
        #expect(try await items(SwarmTask.FanOut(matrix: ["a": [1], "b": []])).count == 0)
    }

    @Test func `As many as may be are taken, and one more is not`() async throws {
        let most = SwarmTask.FanOut.largestItemCount
        let range = SwarmTask.FanOut(range: SwarmTask.Range(from: 1, to: most))
        #expect(try await items(range).count == most)
        await #expect(throws: InputProblem.self) {
            _ = try await items(SwarmTask.FanOut(range: SwarmTask.Range(from: 0, to: most)))
        }
        let values = [JSON](repeating: 1, count: 1000)
        let names = (0..<16).map { ("n\($0)", values) }
        await #expect(throws: InputProblem.self) {
            _ = try await items(SwarmTask.FanOut(matrix: Dictionary(uniqueKeysWithValues: names)))
        }
    }
}
