/// One step of the machine.
enum RegexInstruction: Sendable {
    case scalar(ScalarSet)
    case assertion(RegexNode.Assertion)
    case jump(Int)
    /// Both ways, the first preferred.
    case split(Int, Int)
    case match
}

/// Makes a pattern into instructions.
struct RegexCompiler {
    /// Bounds time and memory; RE2 bounds the same in bytes.
    static let sizeLimit = 20_000

    private var program: [RegexInstruction] = []

    mutating func compile(_ node: RegexNode) throws(RegexError) -> [RegexInstruction] {
        try add(node)
        try emit(.match)
        return program
    }

    private mutating func emit(_ instruction: RegexInstruction) throws(RegexError) {
        guard program.count < Self.sizeLimit else { throw RegexError("expression too large") }
        program.append(instruction)
    }

    private mutating func add(_ node: RegexNode) throws(RegexError) {
        switch node {
        case .empty: break
        case .set(let set): try emit(.scalar(set))
        case .assertion(let assertion): try emit(.assertion(assertion))
        case .sequence(let parts): for part in parts { try add(part) }
        case .alternatives(let branches): try add(branches[...])
        case .repetition(let inner, let minimum, let maximum, let isGreedy):
            try add(inner, minimum, maximum, isGreedy: isGreedy)
        }
    }

    private mutating func add(_ branches: ArraySlice<RegexNode>) throws(RegexError) {
        var ends: [Int] = []
        for (index, branch) in zip(branches.indices, branches) {
            guard index < branches.endIndex - 1 else {
                try add(branch)
                break
            }
            let split = program.count
            try emit(.match)
            try add(branch)
            ends.append(program.count)
            try emit(.match)
            program[split] = .split(split + 1, program.count)
        }
        for end in ends { program[end] = .jump(program.count) }
    }

    private mutating func add(
        _ inner: RegexNode, _ minimum: Int, _ maximum: Int?, isGreedy: Bool
    ) throws(RegexError) {
        func split(_ more: Int, _ done: Int) -> RegexInstruction {
            isGreedy ? .split(more, done) : .split(done, more)
        }
        for _ in 0..<minimum { try add(inner) }
        guard let maximum else {
            let loop = program.count
            try emit(.match)
            try add(inner)
            try emit(.jump(loop))
            program[loop] = split(loop + 1, program.count)
            return
        }
        var exits: [Int] = []
        for _ in minimum..<maximum {
            exits.append(program.count)
            try emit(.match)
            try add(inner)
        }
        for exit in exits { program[exit] = split(exit + 1, program.count) }
    }
}

/// Runs a program over a text.
struct RegexMachine {
    private let program: [RegexInstruction]
    private let text: [Unicode.Scalar]

    init(_ program: [RegexInstruction], _ text: [Unicode.Scalar]) {
        self.program = program
        self.text = text
    }

    private struct Threads {
        /// In the order of preference: where each is in the program, and where its match began.
        var list: [(instruction: Int, start: Int)] = []
        /// The last position at which an instruction was reached, so that each is once on a list.
        var reached: [Int]
    }

    /// The leftmost match from `start` on, of those the one that the pattern prefers.
    /// - Parameter isShortest: whether any match will do.
    func find(from start: Int, isShortest: Bool) -> Range<Int>? {
        var current = Threads(reached: Array(repeating: -1, count: program.count))
        var next = current
        var stack: [Int] = []
        var best: Range<Int>?
        var position = start
        while true {
            if best == nil { follow(0, start: position, position, into: &current, &stack) }
            if current.list.isEmpty, best != nil { return best }
            next.list.removeAll(keepingCapacity: true)
            threads: for thread in current.list {
                switch program[thread.instruction] {
                case .match:
                    best = thread.start..<position
                    if isShortest { return best }
                    // What follows is less preferred.
                    break threads
                case .scalar(let set):
                    if position < text.count, set.contains(text[position]) {
                        follow(thread.instruction + 1, start: thread.start, position + 1, into: &next, &stack)
                    }
                case .assertion, .jump, .split: break
                }
            }
            swap(&current, &next)
            position += 1
            if position > text.count { return best }
        }
    }

    /// Adds what can be reached without reading.
    private func follow(
        _ instruction: Int, start: Int, _ position: Int, into threads: inout Threads, _ stack: inout [Int]
    ) {
        stack.append(instruction)
        while let instruction = stack.popLast() {
            guard threads.reached[instruction] != position else { continue }
            threads.reached[instruction] = position
            switch program[instruction] {
            case .jump(let target): stack.append(target)
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .assertion(let assertion): if holds(assertion, at: position) { stack.append(instruction + 1) }
            case .scalar, .match: threads.list.append((instruction, start))
            }
        }
    }

    private func holds(_ assertion: RegexNode.Assertion, at position: Int) -> Bool {
        func isWord(_ index: Int) -> Bool {
            text.indices.contains(index) && ScalarSet.wordScalars.contains(text[index])
        }
        switch assertion {
        case .textStart: return position == 0
        case .textEnd: return position == text.count
        case .lineStart: return position == 0 || text[position - 1] == "\n"
        case .lineEnd: return position == text.count || text[position] == "\n"
        case .wordBoundary: return isWord(position - 1) != isWord(position)
        case .noWordBoundary: return isWord(position - 1) == isWord(position)
        }
    }
}
