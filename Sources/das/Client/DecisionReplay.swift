import StructuredData
import SwarmScaling
import TaskProtocol

/// A decision of the ledger, and what its inputs give now.
struct DecisionReplay {
    enum Outcome: Equatable {
        case same
        case different(to: Int, reason: String)
        /// The inputs are of another release.
        case unreadable(String)
    }

    var decision: DecisionView
    var outcome: Outcome
    /// Why, in a sentence; empty where the inputs cannot be read.
    var message: String

    init(_ decision: DecisionView) {
        self.decision = decision
        do {
            let again = Autoscaler.decide(try decision.inputs.decode(ScalingInputs.self))
            message = again.message
            outcome =
                again.to == decision.to && again.reason.rawValue == decision.reason
                ? .same : .different(to: again.to, reason: again.reason.rawValue)
        } catch {
            message = ""
            outcome = .unreadable("\(error)")
        }
    }

    /// For people, after the decision.
    var remark: String {
        switch outcome {
        case .same: "the same when decided again"
        case .different(let to, let reason): "this release would decide for \(to) (\(reason))"
        case .unreadable(let why): "its inputs cannot be read: \(why)"
        }
    }

    func json() throws -> JSON {
        var json = try JSON(encoding: decision)
        json["message"] = .string(message)
        switch outcome {
        case .same: json["replay"] = ["equal": true]
        case .different(let to, let reason):
            json["replay"] = ["equal": false, "to": JSON(to), "reason": .string(reason)]
        case .unreadable(let why): json["replay"] = ["equal": false, "error": .string(why)]
        }
        return json
    }
}
