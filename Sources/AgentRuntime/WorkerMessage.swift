import StructuredData

/// What an agent tells its worker.
enum WorkerCommandMessage: Sendable, Equatable {
    case run(Run)
    case cancel

    struct Run: Sendable, Equatable {
        var task: String
        var type: String
        var attempt: Int
        var input: JSON
        var timeoutMs: Int64?
        var checkpoint: JSON?
        var traceparent: String?
    }

    var json: JSON {
        switch self {
        case .cancel: return ["kind": "cancel"]
        case .run(let run):
            var json: JSON = [
                "kind": "run", "task": .string(run.task), "type": .string(run.type), "attempt": JSON(run.attempt),
                "input": run.input,
            ]
            json["timeoutMs"] = run.timeoutMs.map(JSON.integer)
            json["checkpoint"] = run.checkpoint
            json["traceparent"] = run.traceparent.map(JSON.string)
            return json
        }
    }

    init?(_ json: JSON) {
        switch json["kind"]?.stringValue {
        case "cancel": self = .cancel
        case "run":
            guard let task = json["task"]?.stringValue, let type = json["type"]?.stringValue,
                let attempt = json["attempt"]?.intValue, let input = json["input"]
            else { return nil }
            self = .run(
                Run(
                    task: task, type: type, attempt: attempt, input: input,
                    timeoutMs: json["timeoutMs"]?.intValue.map(Int64.init), checkpoint: json["checkpoint"],
                    traceparent: json["traceparent"]?.stringValue))
        default: return nil
        }
    }
}

/// What a worker tells its agent.
enum WorkerEventMessage: Sendable, Equatable {
    /// Sent once, when the worker can take an attempt.
    case ready
    case progress(done: Int64, total: Int64?, message: String?)
    case checkpoint(JSON)
    case output(String)
    case result(JSON)
    case failure(WorkloadError)

    init(_ emission: WorkloadContext.Emission) {
        switch emission {
        case .progress(let done, let total, let message): self = .progress(done: done, total: total, message: message)
        case .checkpoint(let checkpoint): self = .checkpoint(checkpoint)
        case .output(let text): self = .output(text)
        }
    }

    var json: JSON {
        switch self {
        case .ready: return ["kind": "ready"]
        case .progress(let done, let total, let message):
            var json: JSON = ["kind": "progress", "done": JSON(done)]
            json["total"] = total.map { JSON($0) }
            json["message"] = message.map { JSON($0) }
            return json
        case .checkpoint(let checkpoint): return ["kind": "checkpoint", "checkpoint": checkpoint]
        case .output(let text): return ["kind": "output", "output": .string(text)]
        case .result(let result): return ["kind": "result", "result": result]
        case .failure(let error):
            return [
                "kind": "failure", "failure": .string(error.kind.rawValue), "code": .string(error.code.rawValue),
                "message": .string(error.message),
            ]
        }
    }

    init?(_ json: JSON) {
        switch json["kind"]?.stringValue {
        case "ready": self = .ready
        case "progress":
            guard let done = json["done"]?.intValue else { return nil }
            self = .progress(
                done: Int64(done), total: json["total"]?.intValue.map(Int64.init), message: json["message"]?.stringValue
            )
        case "checkpoint":
            guard let checkpoint = json["checkpoint"] else { return nil }
            self = .checkpoint(checkpoint)
        case "output":
            guard let text = json["output"]?.stringValue else { return nil }
            self = .output(text)
        case "result":
            guard let result = json["result"] else { return nil }
            self = .result(result)
        case "failure":
            guard let kind = json["failure"]?.stringValue, let code = json["code"]?.stringValue,
                let message = json["message"]?.stringValue
            else { return nil }
            self = .failure(
                WorkloadError(
                    WorkloadError.Kind(rawValue: kind), code: WorkloadError.Code(rawValue: code), message: message))
        default: return nil
        }
    }
}
