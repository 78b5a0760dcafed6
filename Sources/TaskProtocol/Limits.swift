/// The bounds of version 1 of the HTTP API, which both sides know.
package enum ProtocolLimits {
    package static let bodyBytes = 16 << 20
    package static let inlineResultBytes = 1 << 20
    package static let checkpointBytes = 256 << 10
    package static let leaseAnswerBytes = 8 << 20
    package static let tasksPerSubmission = 500
    /// Reports, or heartbeats of leases, in one call.
    package static let reportsPerCall = 512
    package static let longestWaitMs: Int64 = 30_000
    /// A lease that was neither heartbeaten nor reported for this long after it was granted expires.
    package static let acknowledgementMs: Int64 = 5_000
}
