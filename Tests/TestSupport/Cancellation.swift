/// Does nothing until its task is cancelled: the work of whoever is only there to be ended.
/// - Throws: `CancellationError`, always.
package func untilCancelled() async throws {
    try await Observed(()).wait { false }
}
