import AgentRuntime
import Glibc
import StructuredData

/// The task type `echo`: answers what it was given, late or not at all if it was told so. For trying things out, and for tests.
struct EchoWorkload: Workload {
    let type = "echo"

    let inputSchema: JSON = [
        "type": "object",
        "additionalProperties": false,
        "properties": [
            "result": ["description": "what to answer; {} if not given"],
            "whole": [
                "type": "boolean", "default": false, "description": "whether to answer the whole input instead",
            ],
            "results": ["description": "what the tasks have come to that this one depends on"],
            "item": ["description": "the item of a fan-out that this is to do"],
            "itemIndex": ["description": "which item that is, from 0"],
            "items": ["description": "the results of a fan-out that this is to reduce"],
            "delayMs": [
                "type": "integer", "minimum": 0, "maximum": 86_400_000, "default": 0,
                "description": "how long to take",
            ],
            "fail": [
                "type": "string", "enum": ["retryable", "permanent", "crash", "hang"],
                "description": "how to fail, after the delay",
            ],
            "failAttempts": [
                "type": "integer", "minimum": 0, "default": 1, "description": "the first so many attempts fail",
            ],
            "progressSteps": [
                "type": "integer", "minimum": 0, "maximum": 100_000, "default": 0,
                "description": "how often to report progress during the delay",
            ],
        ],
    ]

    let outputSchema: JSON = ["description": "the input's result, or the input"]

    func run(_ input: JSON, context: WorkloadContext) throws -> JSON {
        let request = try Request(input)
        let steps = max(request.progressSteps, 1)
        let start = ContinuousClock.now
        for step in 1...steps {
            try rest(until: start + .milliseconds(request.delayMs) * step / steps, context)
            if request.progressSteps > 0 { context.progress(done: step, total: steps) }
        }
        if let failure = request.fail, context.attempt <= request.failAttempts { try fail(failure, context) }
        return request.isWhole ? input : request.result
    }

    private func rest(until end: ContinuousClock.Instant, _ context: WorkloadContext) throws {
        while true {
            try context.checkCancelled()
            let left = end - .now
            guard left > .zero else { return }
            usleep(UInt32(min(left, .milliseconds(5)) / .microseconds(1)) + 1)
        }
    }

    private func fail(_ how: Request.Failure, _ context: WorkloadContext) throws {
        let attempt = "attempt \(context.attempt) was asked to fail"
        switch how {
        case .retryable: throw WorkloadError.retryable("ECHO_FAILED", attempt)
        case .permanent: throw WorkloadError.permanent("ECHO_FAILED", attempt)
        case .crash:
            // Without the backtrace, which takes seconds and would say nothing new.
            for trap in [SIGILL, SIGTRAP] { signal(trap, SIG_DFL) }
            preconditionFailure("echo was asked to crash")
        case .hang: while true { pause() }
        }
    }

    private struct Request {
        enum Failure: String, CaseIterable { case retryable, permanent, crash, hang }

        var result: JSON = [:]
        var isWhole = false
        var delayMs = 0
        var fail: Failure?
        var failAttempts = 1
        var progressSteps = 0

        init(_ input: JSON) throws(WorkloadError) {
            guard let members = input.objectValue else {
                throw .permanent(.schema, "the input must be an object, not \(input.typeName)")
            }
            for (name, value) in members {
                switch name {
                case "result": result = value
                case "whole":
                    guard let isWhole = value.boolValue else {
                        throw .permanent(.schema, "/whole must be true or false, not \(value.text())")
                    }
                    self.isWhole = isWhole
                case "results", "item", "itemIndex", "items": break
                case "delayMs": delayMs = try Self.number(name, value, upTo: 86_400_000)
                case "failAttempts": failAttempts = try Self.number(name, value, upTo: .max)
                case "progressSteps": progressSteps = try Self.number(name, value, upTo: 100_000)
                case "fail":
                    guard let failure = value.stringValue.flatMap(Failure.init(rawValue:)) else {
                        let ways = Failure.allCases.map(\.rawValue).joined(separator: ", ")
                        throw .permanent(.schema, "/fail must be one of \(ways), not \(value.text())")
                    }
                    fail = failure
                default: throw .permanent(.schema, "/\(name) is none of echo's members")
                }
            }
        }

        private static func number(_ name: String, _ value: JSON, upTo largest: Int) throws(WorkloadError) -> Int {
            guard let number = value.intValue, (0...largest).contains(number) else {
                throw .permanent(
                    .schema,
                    "/\(name) must be a whole number from 0\(largest == .max ? "" : " to \(largest)"), not \(value.text())"
                )
            }
            return number
        }
    }
}
