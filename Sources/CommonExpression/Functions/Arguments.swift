import KubernetesModel

// What an argument must be; anything else is no such overload.
extension Value {
    func bool() throws(EvaluationError) -> Bool {
        guard case .bool(let value) = self else { throw .noSuchOverload }
        return value
    }

    func int() throws(EvaluationError) -> Int64 {
        guard case .int(let value) = self else { throw .noSuchOverload }
        return value
    }

    func string() throws(EvaluationError) -> String {
        guard case .string(let value) = self else { throw .noSuchOverload }
        return value
    }

    func list() throws(EvaluationError) -> ListValue {
        guard case .list(let value) = self else { throw .noSuchOverload }
        return value
    }

    func optional() throws(EvaluationError) -> Value? {
        guard case .optional(let value) = self else { throw .noSuchOverload }
        return value
    }

    func timestamp() throws(EvaluationError) -> Instant {
        guard case .timestamp(let value) = self else { throw .noSuchOverload }
        return value
    }

    func quantity() throws(EvaluationError) -> Quantity {
        guard case .quantity(let value) = self else { throw .noSuchOverload }
        return value
    }

    func semver() throws(EvaluationError) -> SemanticVersion {
        guard case .semver(let value) = self else { throw .noSuchOverload }
        return value
    }

    func url() throws(EvaluationError) -> URLText {
        guard case .url(let value) = self else { throw .noSuchOverload }
        return value
    }

    func ip() throws(EvaluationError) -> IPAddress {
        guard case .ip(let value) = self else { throw .noSuchOverload }
        return value
    }

    func cidr() throws(EvaluationError) -> IPNetwork {
        guard case .cidr(let value) = self else { throw .noSuchOverload }
        return value
    }

    func scalars() throws(EvaluationError) -> [Unicode.Scalar] { Array(try string().unicodeScalars) }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> Value {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return .string(String(view))
    }
}
