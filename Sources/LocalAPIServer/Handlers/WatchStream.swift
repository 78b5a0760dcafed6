import StructuredData

/// Writes a watch's events.
struct WatchStream {
    var presentation: Presentation
    var selection: Selection
    var wantsBookmarks: Bool
    var endsInitialEvents: Bool
    var initial: [StoredObject] = []
    var initialVersion: Int64 = 0
    /// Seconds since 1970.
    var bookmarksAfter: Double = 0
    /// For how long events gather after each piece that was sent.
    var pause: Duration?

    /// Events that are there at once go out together.
    private struct Piece {
        let limitBytes: Int
        var bytes: [UInt8] = []
        var isFirst = true

        var isFull: Bool { bytes.count >= limitBytes }

        mutating func add(_ type: String, _ object: StoredObject, as presentation: borrowing Presentation) throws {
            try presentation.appendEvent(type, object, isFirst: isFirst, to: &bytes)
            isFirst = false
        }

        mutating func mark(
            _ version: Int64, endsInitialEvents: Bool, as presentation: borrowing Presentation
        ) throws -> [UInt8] {
            defer { isFirst = false }
            return try presentation.bookmark(version, endsInitialEvents: endsInitialEvents, isFirst: isFirst)
        }

        mutating func take() -> [UInt8] {
            defer { bytes = [] }
            return bytes
        }
    }

    /// - Parameters:
    ///   - executor: for what happens while the watch is open.
    ///   - pieceBytes: a piece that is as long as this goes out.
    ///   - isDirect: whether what the connection takes at once may go past `write`.
    func run(
        _ watch: ObjectWatch, on executor: ConnectionExecutor, now: @Sendable () -> Double, pieceBytes: Int,
        isDirect: Bool, write: (sending [UInt8]) async throws -> Void
    ) async throws {
        var piece = Piece(limitBytes: pieceBytes)
        // An empty piece sends the head at once: a client knows then that it watches.
        try await write([])
        for object in initial {
            try piece.add("ADDED", object, as: presentation)
            if piece.isFull { try await write(piece.take()) }
        }
        if endsInitialEvents, wantsBookmarks {
            if !piece.bytes.isEmpty { try await write(piece.take()) }
            try await write(piece.mark(initialVersion, endsInitialEvents: true, as: presentation))
        }
        try await tell(watch.backlog.map { .change($0) }, presentation, &piece, now, write)
        try await withTaskExecutorPreference(executor) {
            var presentation = presentation
            let outlet = isDirect ? executor.outlet() : nil
            try await watch.inbox.reading {
                while let notices = await watch.inbox.take() {
                    presentation.now = Int64(now())
                    try await tell(notices, presentation, &piece, now) { bytes in
                        if outlet?.send(bytes) != true { try await write(bytes) }
                    }
                    if let pause { try await Task.sleep(for: pause) }
                }
            }
        }
    }

    private func tell(
        _ notices: [WatchNotice], _ presentation: Presentation, _ piece: inout Piece, _ now: () -> Double,
        _ write: (sending [UInt8]) async throws -> Void
    ) async throws {
        for notice in notices {
            switch notice {
            case .change(let change):
                guard let (type, object) = try seen(change) else { continue }
                try piece.add(type, object, as: presentation)
                if piece.isFull { try await write(piece.take()) }
            case .progress(let version):
                guard wantsBookmarks, now() >= bookmarksAfter else { continue }
                if !piece.bytes.isEmpty { try await write(piece.take()) }
                try await write(piece.mark(version, endsInitialEvents: false, as: presentation))
            }
        }
        if !piece.bytes.isEmpty { try await write(piece.take()) }
    }

    /// What a change is to somebody who sees only what the selection matches. An object that leaves the selection is deleted
    /// for them, in the last state that they could see.
    private func seen(_ change: StoredChange) throws -> (type: String, object: StoredObject)? {
        let isSelected = change.kind != .deleted && selection.matches(change.object)
        let wasSelected = if let previous = change.previous { selection.matches(previous) } else { false }
        switch (wasSelected, isSelected) {
        case (false, true): return ("ADDED", change.object)
        case (true, true): return ("MODIFIED", change.object)
        case (true, false):
            if change.kind == .deleted { return ("DELETED", change.object) }
            return try change.previous.map { ("DELETED", try $0.deleted(at: change.version)) }
        case (false, false): return nil
        }
    }
}
