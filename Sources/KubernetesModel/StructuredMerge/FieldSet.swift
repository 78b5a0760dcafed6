/// A set of an object's fields: who owns what, what changed.
///
/// It is a tree. A field in the set does not bring its parents or children into it: owning an object (that it exists) and
/// owning its members are different things.
public struct FieldSet: Sendable, Hashable {
    /// The fields at this level that are in the set.
    var members: Set<PathElement> = []
    /// What of the fields at this level is in the set; no child is empty.
    var children: [PathElement: FieldSet] = [:]

    public init() {}

    /// The set of these paths.
    public init(_ paths: [[PathElement]]) {
        for path in paths { insert(path[...]) }
    }

    /// The set of these dotted paths, such as `metadata.name`.
    public init(fields: [String]) {
        self.init(fields.map { $0.split(separator: ".").map { .field(String($0)) } })
    }

    public var isEmpty: Bool { members.isEmpty && children.isEmpty }

    public mutating func insert(_ path: [PathElement]) { insert(path[...]) }

    private mutating func insert(_ path: ArraySlice<PathElement>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            members.insert(first)
        } else {
            children[first, default: FieldSet()].insert(path.dropFirst())
        }
    }

    public func contains(_ path: [PathElement]) -> Bool {
        guard let last = path.last else { return false }
        var set = self
        for element in path.dropLast() {
            guard let child = set.children[element] else { return false }
            set = child
        }
        return set.members.contains(last)
    }

    /// The part below `element`.
    func below(_ element: PathElement) -> FieldSet { children[element] ?? FieldSet() }

    /// Puts `set` below `element`, unless it is empty.
    mutating func put(_ set: FieldSet, below element: PathElement) {
        children[element] = set.isEmpty ? nil : set
    }

    /// All paths, sorted, a parent before its children.
    public var paths: [[PathElement]] {
        var paths: [[PathElement]] = []
        collect(into: &paths, prefix: [])
        return paths
    }

    private func collect(into paths: inout [[PathElement]], prefix: [PathElement]) {
        for element in members.union(children.keys).sorted() {
            if members.contains(element) { paths.append(prefix + [element]) }
            children[element]?.collect(into: &paths, prefix: prefix + [element])
        }
    }
}

extension FieldSet {
    public func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.members.formUnion(other.members)
        result.children.merge(other.children) { $0.union($1) }
        return result
    }

    public func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.intersection(other.members)
        for (element, child) in children {
            if let otherChild = other.children[element] {
                result.put(child.intersection(otherChild), below: element)
            }
        }
        return result
    }

    /// The fields that are not in `other`; a field stays although its parent is in `other`.
    public func subtracting(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.subtracting(other.members)
        for (element, child) in children {
            result.put(other.children[element].map(child.subtracting) ?? child, below: element)
        }
        return result
    }

    /// The fields that are neither in `other` nor below one that is.
    public func subtractingTrees(_ other: FieldSet) -> FieldSet {
        guard !other.isEmpty else { return self }
        var result = FieldSet()
        result.members = members.subtracting(other.members)
        for (element, child) in children where !other.members.contains(element) {
            result.put(other.children[element].map(child.subtractingTrees) ?? child, below: element)
        }
        return result
    }
}

extension FieldSet: CustomStringConvertible {
    /// One path a line.
    public var description: String { paths.map { $0.map(\.description).joined() }.joined(separator: "\n") }
}
