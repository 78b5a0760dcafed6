/// Why a value could not be converted, addressed, patched or used as a schema.
public struct StructuredDataError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A value has another type, or lies outside the range, than the Swift type it is decoded into.
        public static let typeMismatch = Code(rawValue: "typeMismatch")
        /// A member that the Swift type requires is absent.
        public static let missingMember = Code(rawValue: "missingMember")
        /// A value has the right type, and the Swift type still refuses it.
        public static let invalidValue = Code(rawValue: "invalidValue")
        /// A Swift value has no JSON form.
        public static let notEncodable = Code(rawValue: "notEncodable")
        /// A text is not a JSON Pointer.
        public static let invalidPointer = Code(rawValue: "invalidPointer")
        /// A pointer leads nowhere in the value it is applied to.
        public static let noSuchLocation = Code(rawValue: "noSuchLocation")
        /// A document is not a JSON Patch.
        public static let invalidPatch = Code(rawValue: "invalidPatch")
        /// A `test` operation of a JSON Patch found another value than it expects.
        public static let testFailed = Code(rawValue: "testFailed")
        /// A document is not a schema, or uses a keyword that is not supported.
        public static let invalidSchema = Code(rawValue: "invalidSchema")
        /// Doing as asked would exceed a bound.
        public static let tooLarge = Code(rawValue: "tooLarge")
    }

    public var code: Code
    /// What is wrong, with its path in front: ``spec.scaling.maxAgents: expected an integer, found "x"``.
    public var message: String
    /// The dotted path or pointer of the place that is wrong; empty where it is the whole value.
    public var path: String

    /// - Parameter problem: what is wrong at `path`, without the path.
    public init(_ code: Code, at path: String = "", _ problem: String) {
        self.code = code
        self.path = path
        message = path.isEmpty ? problem : "\(path): \(problem)"
    }

    public var description: String { message }
}
