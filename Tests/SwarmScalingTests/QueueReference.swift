import FoundationEssentials
import StructuredData
import Testing

/// What Reference/make_reference.py wrote.
struct QueueReference: Decodable {
    struct Loss: Decodable {
        var servers: Int
        var load: Double
        var probability: Double
    }

    struct Queue: Decodable {
        var servers: Int
        var load: Double
        var serviceSeconds: Double
        var variation: Double
        var waitProbability: Double
        var meanWaitSeconds: Double
        /// By seconds.
        var over: [String: Double]
        /// By percentile.
        var percentiles: [String: Double]
    }

    /// An entry of a printed table: the load, exact to one `unit`.
    struct Printed: Decodable {
        var servers: Int
        var probability: Double
        var load: Double
        var unit: Double
    }

    struct Closed: Decodable {
        var servers: Int
        var load: Double
        var fraction: [Double]
    }

    var losses: [Loss]
    var queues: [Queue]
    var rappaport: [Printed]
    var closedForms: [Closed]

    static func read() throws -> QueueReference {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Reference/reference.json")
        return try JSON.parse([UInt8](Data(contentsOf: file))).decode(QueueReference.self)
    }
}
