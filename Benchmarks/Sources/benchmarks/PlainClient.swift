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

    private static func path(of namespace: String) -> String { "/v1/namespaces/\(namespace)/tasks" }

    /// The request that submits a task.
    func submission(of task: TaskSubmission, namespace: String) throws -> [UInt8] {
        connection.request(
            "POST", Self.path(of: namespace), try JSON(encoding: SubmissionRequest.one(task)).serialized())
    }

    /// Submits a task, waits for its end, and answers with the record as it is then.
    func run(_ submission: [UInt8], namespace: String) throws -> [UInt8] {
        let made = try JSON.parse(try connection.send(submission))
        guard let id = made["id"]?.stringValue else { throw BenchmarkFailure("a submission was answered by \(made)") }
        return try connection.send(connection.request("GET", "\(Self.path(of: namespace))/\(id)?waitMs=30000"))
    }
}
