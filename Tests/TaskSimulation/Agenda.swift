import HeapModule

/// What is to happen, in the order of time; at one moment in the order in which it was planned.
struct Agenda {
    typealias Action = () async throws -> Void

    struct Item: Comparable {
        let time: Int64
        private let number: Int
        let action: Action

        fileprivate init(_ time: Int64, _ number: Int, _ action: @escaping Action) {
            self.time = time
            self.number = number
            self.action = action
        }

        static func == (left: Item, right: Item) -> Bool { left.number == right.number }
        static func < (left: Item, right: Item) -> Bool {
            left.time == right.time ? left.number < right.number : left.time < right.time
        }
    }

    private var items = Heap<Item>()
    private var planned = 0

    mutating func plan(at time: Int64, _ action: @escaping Action) {
        planned += 1
        items.insert(Item(time, planned, action))
    }

    mutating func next() -> Item? { items.popMin() }
}
