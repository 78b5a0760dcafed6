/// Tasks of a swarm that failed in the same way: the same code, and messages that differ in numbers and names at most.
package struct FailureGroup: Sendable, Hashable {
    /// Tasks that a group names.
    package static let maxExamples = 5

    package var namespace: String
    package var swarm: String
    package var fingerprint: FailureFingerprint
    /// How many tasks failed so, those included whose records are no longer kept.
    package var count: Int
    package var first: StoreTime
    package var last: StoreTime
    /// The latest of them, newest first.
    package var examples: [TaskID]

    package init(
        namespace: String, swarm: String, fingerprint: FailureFingerprint, count: Int, first: StoreTime,
        last: StoreTime, examples: [TaskID]
    ) {
        self.namespace = namespace
        self.swarm = swarm
        self.fingerprint = fingerprint
        self.count = count
        self.first = first
        self.last = last
        self.examples = examples
    }

    /// The group of one task that has just failed; `nil` where the transition is no such end.
    package init?(_ transition: TaskTransition) {
        guard let outcome = transition.outcome, outcome.state == .failed, let failure = transition.record.failure
        else { return nil }
        self.init(
            namespace: outcome.namespace, swarm: outcome.swarm, fingerprint: FailureFingerprint(failure), count: 1,
            first: outcome.ended, last: outcome.ended, examples: [outcome.task])
    }

    /// Joins a later group of the same fingerprint to this one.
    package func joined(by later: FailureGroup) -> FailureGroup {
        var group = self
        group.count += later.count
        group.first = min(first, later.first)
        group.last = max(last, later.last)
        group.examples = Array((later.examples + examples).prefix(Self.maxExamples))
        return group
    }
}

/// What tells one way of failing from another.
package struct FailureFingerprint: Sendable, Hashable {
    package static let maxPatternBytes = 200

    package var code: String
    /// The first line of the message with `#` for every word that has a digit in it (numbers, identifiers, times), and one blank
    /// for each run of blanks; at most 200 bytes of it.
    package var pattern: String

    package init(code: String, pattern: String) {
        self.code = code
        self.pattern = pattern
    }

    package init(_ failure: Failure) {
        code = failure.code
        pattern = Self.pattern(of: failure.message)
    }

    /// Words are of ASCII letters, digits, `_` and `-`.
    static func pattern(of message: String) -> String {
        var pattern: [UInt8] = []
        var word: [UInt8] = []
        var hasDigit = false
        func endWord() {
            pattern += hasDigit ? [UInt8(ascii: "#")] : word
            word = []
            hasDigit = false
        }
        for byte in message.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                hasDigit = true
                word.append(byte)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                word.append(byte)
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                endWord()
                // Empty lines before the first one do not count.
                if !pattern.isEmpty { return bounded(pattern) }
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                endWord()
                if let last = pattern.last, last != UInt8(ascii: " ") { pattern.append(UInt8(ascii: " ")) }
            default:
                endWord()
                pattern.append(byte)
            }
            if pattern.count > maxPatternBytes { return bounded(pattern) }
        }
        endWord()
        return bounded(pattern)
    }

    private static func bounded(_ bytes: [UInt8]) -> String {
        var end = min(bytes.count, maxPatternBytes)
        while end < bytes.count, end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        while end > 0, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    /// A short name for it: FNV-1a over code and pattern, in hexadecimal.
    package var id: String {
        let digest = ReportDigest(kind: code, pattern.utf8)
        let digits = String(digest.bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
