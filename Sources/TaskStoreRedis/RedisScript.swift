import Synchronization

/// The scripts: one for each thing that a store does.
enum RedisScript: Int, CaseIterable, Sendable {
    case attach, submit, cancel, amend, lease, heartbeat, report, register, setDraining, endAgents, reap
    case setLimit, putPiece, finishUpload, abandonUpload, sweepBlobs
    case position, keyStanding, limits, failureGroups, blobInfo, readBlob
    case acknowledge, acknowledgeOutcomes, putCatalogue, removeCatalogue, recordDecision
    case value, output, list, liveObjects, entries, agent, agents, nextDue, changes, changeCursor, acknowledged
    case catalogue, summary, group, liveGroups

    /// Put together once.
    static let texts = allCases.map { $0.compose() }

    var text: String { Self.texts[rawValue] }

    private func compose() -> String {
        // What scripts need that change records.
        let machinery = Lua.machine + Lua.names + Lua.lanes + Lua.keys + Lua.failures + Lua.groups + Lua.records
        let leasing = machinery + Lua.agentEvents + Lua.agents + Lua.blobs + Lua.leases
        return switch self {
        case .attach: Lua.attach + Lua.base + Lua.feed + machinery + Lua.recovery + Lua.guarded(Lua.recover)
        case .submit: writing(machinery, Lua.blobs, Lua.submit)
        case .cancel: writing(machinery, Lua.ownerEvents, Lua.cancel)
        case .amend: writing(machinery, Lua.ownerEvents, Lua.amend)
        case .lease: writing(leasing, Lua.lease)
        case .heartbeat: writing(leasing, Lua.heartbeat)
        case .report: writing(leasing, Lua.report)
        case .register: writing(machinery, Lua.agents, Lua.agentEnds, Lua.register)
        case .setDraining: writing(Lua.setDraining)
        case .endAgents: writing(machinery, Lua.agentEnds, Lua.endAgents)
        case .reap:
            writing(
                machinery, Lua.blobs, Lua.recovery, Lua.nextTime, Lua.reap + Lua.reapKeys + Lua.forgetTurns + Lua.forget
            )
        case .setLimit: writing(machinery, Lua.setLimit)
        case .putPiece: writing(Lua.putPiece)
        case .finishUpload: writing(Lua.blobs, Lua.finishUpload)
        case .abandonUpload: writing(Lua.blobs, Lua.abandonUpload)
        case .sweepBlobs: writing(Lua.names, Lua.blobs, Lua.sweepBlobs)
        case .position: reading(Lua.names, Lua.position)
        case .keyStanding: reading(Lua.names, Lua.keys, Lua.keyStanding)
        case .limits: reading(Lua.limits)
        case .failureGroups: reading(Lua.failureGroups)
        case .blobInfo: reading(Lua.blobInfo)
        case .readBlob: reading(Lua.readBlob)
        case .acknowledge: writing(Lua.acknowledge)
        case .acknowledgeOutcomes: writing(machinery, Lua.acknowledgeOutcomes)
        case .putCatalogue: writing(Lua.putCatalogue)
        case .removeCatalogue: writing(Lua.removeCatalogue)
        case .recordDecision: writing(Lua.recordDecision)
        case .value: reading(Lua.readValue)
        case .output: reading(Lua.names, Lua.output)
        case .list: reading(Lua.list)
        case .liveObjects: reading(Lua.liveObjects)
        case .entries: reading(Lua.readList)
        case .agent: reading(Lua.agents, Lua.readAgent)
        case .agents: reading(Lua.agents, Lua.readAgents)
        case .nextDue: reading(Lua.nextTime, Lua.nextDue)
        case .changes: reading(Lua.changes)
        case .changeCursor: reading(Lua.changeCursor)
        case .acknowledged: reading(Lua.acknowledged)
        case .catalogue: reading(Lua.catalogue)
        case .summary: reading(Lua.agents, Lua.summary)
        case .group: reading(Lua.readGroup)
        case .liveGroups: reading(Lua.liveGroups)
        }
    }

    /// - Parameter parts: the last one is what is done.
    private func writing(_ parts: String...) -> String {
        Lua.writing + Lua.base + Lua.feed + parts.dropLast().joined() + Lua.guarded(parts.last ?? "")
    }

    private func reading(_ parts: String...) -> String { Lua.reading + Lua.base + parts.joined() }
}

/// The names under which Redis knows the scripts, which are digests of their texts.
final class ScriptNames: Sendable {
    private let names = Mutex<[String]>([])

    static let loading = RedisScript.texts.map { RedisCommand("SCRIPT", "LOAD", $0) }

    /// - Parameter replies: those to `loading`.
    func note(_ replies: [RedisReply]) throws(RedisFailure) {
        var found: [String] = []
        for reply in replies {
            if case .error(let text) = reply { throw .refused(text) }
            found.append(reply.optionalText ?? "")
        }
        names.withLock { $0 = found }
    }

    subscript(_ script: RedisScript) -> String? {
        names.withLock { $0.indices.contains(script.rawValue) ? $0[script.rawValue] : nil }
    }
}
