package import StructuredData

extension SwarmTask {
    /// Runs the task once for each of many items. Exactly one of `items`, `itemsFrom`, `range` and `matrix` says which those are.
    ///
    /// Each item runs with the task's input and two members more: `item`, and `itemIndex`, which counts from 0.
    package struct FanOut: Codable, Sendable, Equatable {
        /// Of one task.
        package static let largestItemCount = 100_000

        package var items: [JSON]?
        package var itemsFrom: ItemSource?
        package var range: Range?
        /// All combinations of one value of each name; the last name, in alphabetical order, changes first.
        package var matrix: [String: [JSON]]?
        /// Items that may run at once.
        package var parallelism: Int?
        /// Items that may fail, or be cancelled, without the task failing.
        package var allowedFailures: Int?
        package var reduce: Reduce?

        package init(
            items: [JSON]? = nil, itemsFrom: ItemSource? = nil, range: Range? = nil, matrix: [String: [JSON]]? = nil,
            parallelism: Int? = nil, allowedFailures: Int? = nil, reduce: Reduce? = nil
        ) {
            self.items = items
            self.itemsFrom = itemsFrom
            self.range = range
            self.matrix = matrix
            self.parallelism = parallelism
            self.allowedFailures = allowedFailures
            self.reduce = reduce
        }
    }

    /// Where a JSON array of items is: in a ConfigMap, or at a JSON pointer into the task's input, which may be a dependency's
    /// result.
    package struct ItemSource: Codable, Sendable, Equatable {
        package var configMapKeyRef: InputSource.Key?
        package var path: String?

        package init(configMapKeyRef: InputSource.Key? = nil, path: String? = nil) {
            self.configMapKeyRef = configMapKeyRef
            self.path = path
        }
    }

    /// Whole numbers from one to another, both included.
    package struct Range: Codable, Sendable, Equatable {
        package var from: Int
        package var to: Int
        package var step: Int?

        package init(from: Int, to: Int, step: Int? = nil) {
            self.from = from
            self.to = to
            self.step = step
        }
    }

    /// One more task after the items, with their results in order at `items` of its input. Its result is the task's.
    package struct Reduce: Codable, Sendable, Equatable {
        package var type: String

        package init(type: String) { self.type = type }
    }

    /// How the items of a fan-out stand.
    package struct ItemCounts: Codable, Sendable, Equatable {
        package var total: Int
        /// Those that wait, also to be put into the queue.
        package var queued: Int
        package var running: Int
        package var succeeded: Int
        package var failed: Int
        package var cancelled: Int

        package init(
            total: Int, queued: Int = 0, running: Int = 0, succeeded: Int = 0, failed: Int = 0, cancelled: Int = 0
        ) {
            self.total = total
            self.queued = queued
            self.running = running
            self.succeeded = succeeded
            self.failed = failed
            self.cancelled = cancelled
        }
    }
}

// MARK: - Schema

extension SwarmTask.FanOut {
    /// Which source there is, the structural schema says and not a rule: rules cannot see a list of values of any kind.
    static let schema: JSON = {
        var schema = Schema.object(
            "Runs the task once for each item, with `item` and `itemIndex` added to the input. Exactly one of items, itemsFrom, range and matrix says which.",
            [
                (
                    "items",
                    Schema.atomicList("The items.", of: Schema.anything("An item: any value."), maxItems: 1000)
                ),
                ("itemsFrom", itemSource), ("range", range), ("matrix", matrix),
                (
                    "parallelism",
                    Schema.integer("Items that may run at once; all if not given.", minimum: 1, maximum: 1_000_000)
                ),
                (
                    "allowedFailures",
                    Schema.integer(
                        "Items that may fail without the task failing.", minimum: 0, maximum: largestItemCount,
                        default: 0)
                ),
                (
                    "reduce",
                    Schema.object(
                        "One more task, with the items' results in order at `items` of its input; its result is the task's.",
                        required: ["type"],
                        [
                            (
                                "type",
                                Schema.string(
                                    "Its task type.", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", maxLength: 63,
                                    minLength: 1)
                            )
                        ])
                ),
            ])
        schema["oneOf"] = oneOf(["items", "itemsFrom", "range", "matrix"])
        return schema
    }()

    private static func oneOf(_ fields: [String]) -> JSON {
        .array(fields.map { ["required": [.string($0)]] })
    }

    private static let itemSource: JSON = {
        var schema = Schema.object(
            "Where a JSON array of items is.",
            [
                (
                    "configMapKeyRef",
                    Schema.object(
                        "In a ConfigMap.", required: ["name", "key"],
                        [
                            ("name", Schema.string("ConfigMap in the task's namespace.", maxLength: 253, minLength: 1)),
                            ("key", Schema.string("Key of its data.", maxLength: 253, minLength: 1)),
                        ])
                ),
                (
                    "path",
                    Schema.string(
                        "JSON pointer into the task's input, e.g. /results/first/symbols.", pattern: "^/",
                        maxLength: 1024)
                ),
            ])
        schema["oneOf"] = oneOf(["configMapKeyRef", "path"])
        return schema
    }()

    private static let range = Schema.object(
        "Whole numbers from one to another, both included.", required: ["from", "to"],
        [
            ("from", Schema.integer("The first.", minimum: -1_000_000_000, maximum: 1_000_000_000)),
            (
                "to",
                Schema.integer("The last, where the steps meet it.", minimum: -1_000_000_000, maximum: 1_000_000_000)
            ),
            ("step", Schema.integer("From one to the next.", minimum: 1, maximum: 1_000_000_000, default: 1)),
        ])

    private static let matrix: JSON = [
        "type": "object", "description": "All combinations of one value of each name.", "minProperties": 1,
        "maxProperties": 16,
        "additionalProperties": Schema.atomicList("Values.", of: Schema.anything("A value."), maxItems: 1000),
    ]

    static let countsSchema = Schema.object(
        "How the items of a fan-out stand.", required: ["total"],
        [
            ("total", Schema.integer("All of them.", minimum: 0)),
            ("queued", Schema.integer("Those that wait.", minimum: 0)),
            ("running", Schema.integer("Those that agents have.", minimum: 0)),
            ("succeeded", Schema.integer("Those that succeeded.", minimum: 0)),
            ("failed", Schema.integer("Those that failed.", minimum: 0)),
            ("cancelled", Schema.integer("Those that were cancelled.", minimum: 0)),
        ])
}
