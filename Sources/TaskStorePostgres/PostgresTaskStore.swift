import SystemThreads
package import TaskQueue

/// The task store in a PostgreSQL database, which any number of programs have open at once.
///
/// `synchronous_commit=on`: what a call has answered is on the server's disk. Each transaction locks the rows that it changes,
/// applies the machine to them and writes them back, so that the machine is what decides, whoever asks; ready tasks that another
/// program is giving out are passed over. Nothing runs on the cooperative pool: a thread writes, some read, one listens.
///
/// While the server is away, calls fail with `unavailable`; once it is back, they work again.
package final class PostgresTaskStore: TaskStore {
    /// Sessions for reading.
    private static let readers = 2

    package let policy: QueuePolicy
    let context: StoreContext
    let writer: StoreWriter
    let reader: StoreReader
    let hints = ChangeHints()
    private let heard = Broadcast<String>(mostWaiting: StoreMessageLimits.waiting)
    package let blobs: any BlobStore
    private let listener: FeedListener

    /// Opens the store that `settings` lead to; makes its tables, or brings them to this release's, where they are not.
    /// - Parameters:
    ///   - clock: `nil`: the server's.
    ///   - generator: lease tokens come from it.
    /// - Throws: `TaskStoreError`: `cannotOpen`, `unavailable`.
    package init(
        _ settings: ConnectionSettings,
        clock: (any StoreClock)? = nil,
        policy: QueuePolicy = QueuePolicy(),
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) async throws {
        self.policy = policy
        let serverClock = clock == nil ? ServerClock() : nil
        let time = StoreTimekeeper(clock ?? serverClock ?? ServerClock())
        context = StoreContext(machine: TaskMachine(policy: policy), time: time, generator: generator)
        let maker = SessionMaker(settings: settings)
        let name = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        reader = StoreReader(maker)
        let presence = PresentSession(maker)
        writer = StoreWriter(presence, context, announcement: FeedListener.announcement(from: name)) { [hints] in
            hints.tell()
        }
        listener = try FeedListener(maker, name: name, clock: serverClock, hints: hints, messages: heard) {
            presence.tryAgain()
        }
        blobs = PostgresBlobs(writer: writer, reader: reader)
        // The listener first: it brings the server's time.
        try await listener.start()
        do {
            try await writer.start("store writer")
            try reader.start(threads: Self.readers)
        } catch {
            listener.stop()
            throw error
        }
    }

    package func now() -> StoreTime { context.time.now() }

    /// Finishes what was asked for and gives the sessions back. Later calls throw `closed`.
    package func close() async {
        _ = try? await write { $0.noteEverything() }
        stop()
        await writer.ended()
    }

    deinit { stop() }

    private func stop() {
        writer.stop()
        reader.stop()
        listener.stop()
        hints.close()
        heard.close()
    }

    package var messages: any StoreMessages { PostgresMessages(writer: writer, heard: heard) }

    func read<Value: Sendable>(
        _ request: Request, _ decode: @escaping @Sendable (Rows) throws -> Value
    ) async throws -> Value {
        try await reader.perform([request]) { answers in
            do { return try decode(answers[0]) } catch { throw TaskStoreError.of(error) }
        }
    }

    func write<Value: Sendable>(
        _ needs: Needs = Needs(), _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await writer.perform(needs) { transaction in
            do {
                let value = try body(transaction)
                return { value }
            } catch let error as PostgresError {
                throw error
            } catch {
                throw TaskStoreError.of(error)
            }
        }
    }
}
