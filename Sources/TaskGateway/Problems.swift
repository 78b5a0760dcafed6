import Hummingbird
import NIOCore
import StructuredData
import TaskProtocol
import TaskQueue

/// The problems that the gateway answers, each with what to do about it.
enum Problems {
    static func unauthenticated(_ detail: String) -> Problem {
        Problem(.unauthenticated, status: 401, title: "Not authenticated", detail: detail)
    }

    static func forbidden(_ detail: String) -> Problem {
        Problem(.forbidden, status: 403, title: "Forbidden", detail: detail)
    }

    static func notFound(_ detail: String) -> Problem {
        Problem(.notFound, status: 404, title: "Not found", detail: detail)
    }

    static func agentUnknown(_ agent: String) -> Problem {
        Problem(
            .agentUnknown, status: 404, title: "Agent unknown",
            detail: "no agent \(agent) is registered here; register again", retryable: true)
    }

    static func malformed(_ detail: String, pointer: String? = nil) -> Problem {
        Problem(.malformed, status: 400, title: "Malformed request", detail: detail, pointer: pointer)
    }

    static func invalid(_ detail: String, pointer: String? = nil) -> Problem {
        Problem(.invalid, status: 422, title: "Invalid value", detail: detail, pointer: pointer)
    }

    static func conflict(_ detail: String, retryable: Bool = false, retryAfterMs: Int64? = nil) -> Problem {
        Problem(
            .conflict, status: 409, title: "Conflict", detail: detail, retryable: retryable,
            retryAfterMs: retryAfterMs)
    }

    static func superseded(_ call: LeaseCall) -> Problem {
        Problem(
            .superseded, status: 409, title: "Superseded",
            detail: "a newer lease request than \(call.request) of agent \(call.agent) is there")
    }

    static func tooLarge(_ detail: String, pointer: String? = nil) -> Problem {
        Problem(.tooLarge, status: 413, title: "Too large", detail: detail, pointer: pointer)
    }

    static func bodyTooLarge() -> Problem {
        tooLarge("the body is larger than \(ProtocolLimits.bodyBytes >> 20) MiB")
    }

    static func tooMany(_ detail: String, retryAfterMs: Int64 = 1000) -> Problem {
        Problem(
            .tooManyRequests, status: 429, title: "Too many requests", detail: detail, retryable: true,
            retryAfterMs: retryAfterMs)
    }

    static func unavailable(_ detail: String, retryAfterMs: Int64 = 1000) -> Problem {
        Problem(
            .unavailable, status: 503, title: "Unavailable", detail: detail, retryable: true,
            retryAfterMs: retryAfterMs)
    }

    static func refused(_ refusal: AdmissionRefusal, inputAt base: String) -> Problem {
        switch refusal.code {
        case .invalidInput:
            let path = refusal.path?.description ?? ""
            return Problem(
                .schema, status: 422, title: "The input breaks the task type's schema", detail: refusal.message,
                pointer: base + "/input" + path)
        case .unknownType:
            return Problem(
                .unknownType, status: 422, title: "No swarm takes this task", detail: refusal.message,
                pointer: base + "/type")
        case .unknownSwarm:
            return Problem(
                .unknownType, status: 422, title: "No such swarm", detail: refusal.message,
                pointer: base + "/swarm")
        case .brokenSchema:
            return Problem(.conflict, status: 409, title: "The swarm cannot check its input", detail: refusal.message)
        }
    }

    static func refused(_ refusal: SubmitRefusal, in namespace: String) -> Problem {
        switch refusal {
        case .idTaken: conflict("the task's id is taken")
        case .queueFull(let limit):
            tooMany(
                "namespace \(namespace) has \(limit) tasks that have not ended, and may have no more; come back when some "
                    + "have", retryAfterMs: 5000)
        }
    }

    static func refused(_ refusal: ReportRefusal) -> Problem {
        let detail =
            switch refusal {
            case .superseded: "the task was leased to somebody else since"
            case .ended: "the task has ended without this attempt"
            case .alreadyReported: "this attempt has reported something else before"
            case .expired: "the lease has ended; the task waits for its next attempt"
            case .unknownLease: "no lease of this task has this epoch and token"
            case .unknownTask: "there is no such task"
            case .unknownBlob:
                "the result that it refers to was not uploaded under this lease, or has another digest or size"
            }
        return Problem(
            .staleLease, status: 409, title: "The report was refused", detail: detail + "; nothing was changed")
    }

    /// What any error means to a caller; internal details stay inside.
    static func of(_ error: any Error) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as TaskStoreError:
            return unavailable(
                error.code == .closed ? "the gateway is shutting down" : "the task store cannot answer now")
        case is CancellationError: return unavailable("the gateway is shutting down")
        case is NIOTooManyBytesError: return bodyTooLarge()
        case let error as HTTPError:
            let status = Int(error.status.code)
            if status == 404 { return notFound("there is no such page; the API is below /v1") }
            return Problem(
                status >= 500 ? .internal : .malformed, status: status, title: error.status.reasonPhrase,
                detail: error.body ?? error.status.reasonPhrase)
        default:
            return Problem(
                .internal, status: 500, title: "Internal error",
                detail: "the gateway failed on this call; its log says how", retryable: true)
        }
    }
}
