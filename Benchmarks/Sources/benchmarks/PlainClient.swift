import BenchmarkSupport
import Foundation
import StructuredData
import TaskProtocol

/// A client of the gateway that takes as little as one can: what it measures is the gateway's and the agents'.
struct PlainClient {
    private let connection: PlainConnection

    init(_ cluster: ClusterUnderTest) throws {
        guard let port = URLComponents(string: cluster.gatewayURL)?.port else {
            throw BenchmarkFailure("\(cluster.gatewayURL) has no port")
        }
        connection = try PlainConnection(
            port: port, authority: try cluster.authority(), authorization: "Bearer \(cluster.token)")
    }

    /// Submits a task, waits for its end, and answers how it ended.
    func run(_ task: TaskSubmission, namespace: String) throws -> JSON {
        let tasks = "/v1/namespaces/\(namespace)/tasks"
        let body = try JSON(encoding: SubmissionRequest.one(task)).serialized()
        let made = try JSON.parse(try connection.send("POST", tasks, body))
        guard let id = made["id"]?.stringValue else { throw BenchmarkFailure("a submission was answered by \(made)") }
        return try JSON.parse(try connection.send("GET", "\(tasks)/\(id)?waitMs=30000"))
    }
}
