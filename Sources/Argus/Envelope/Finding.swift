internal import StructuredData

/// Something that an answer says about its input: one of `warnings`.
struct Finding: Sendable, Equatable {
    /// What kind of thing it is; a contract, for programs to test.
    struct Code: Sendable, Equatable {
        let text: String

        /// The input breaks the JSON schema, at `path`.
        static let schema = Code(text: "SCHEMA")
        /// A function's parameter outside its range.
        static let parameterOutOfRange = Code(text: "PARAMETER_OUT_OF_RANGE")
        /// The same function asked for twice with equal parameters and inputs.
        static let duplicateFunction = Code(text: "DUPLICATE_FUNCTION")
        /// A function's input names no column there is.
        static let unknownInput = Code(text: "UNKNOWN_INPUT")
        /// A function needs columns that the symbol does not have.
        static let missingColumn = Code(text: "MISSING_COLUMN")
        /// Columns of one request, or of one input, differ in length or in time.
        static let lengthMismatch = Code(text: "LENGTH_MISMATCH")
        static let inputsNotAligned = Code(text: "INPUTS_NOT_ALIGNED")
        static let duplicateInput = Code(text: "DUPLICATE_INPUT")
        static let duplicateSymbol = Code(text: "DUPLICATE_SYMBOL")
        /// A file that cannot be read, or files where there are none.
        static let fileNotReadable = Code(text: "FILE_NOT_READABLE")
        static let badCSV = Code(text: "BAD_CSV")
        static let badNumber = Code(text: "BAD_NUMBER")
        static let columnIgnored = Code(text: "COLUMN_IGNORED")
        static let badTime = Code(text: "BAD_TIME")
        static let unsortedTime = Code(text: "UNSORTED_TIME")
        static let duplicateTime = Code(text: "DUPLICATE_TIME")
        /// No value where there must be one: empty, `null` or NaN.
        static let missingValue = Code(text: "MISSING_VALUE")
        static let nonPositivePrice = Code(text: "NON_POSITIVE_PRICE")
        static let negativeVolume = Code(text: "NEGATIVE_VOLUME")
        /// A simple return of −100 % or less.
        static let returnBelowMinusOne = Code(text: "RETURN_BELOW_MINUS_ONE")
        /// A bar whose high, low, open and close contradict each other.
        static let inconsistentBar = Code(text: "INCONSISTENT_BAR")
        /// A repair that was made.
        static let rowsDropped = Code(text: "ROWS_DROPPED")
        static let valuesFilled = Code(text: "VALUES_FILLED")
        static let asOfNeedsTime = Code(text: "AS_OF_NEEDS_TIME")
        static let tooFewBars = Code(text: "TOO_FEW_BARS")
        /// Returns that do not vary, where something is fitted to them.
        static let constantSeries = Code(text: "CONSTANT_SERIES")
        /// A search that did not come to rest.
        static let notConverged = Code(text: "NOT_CONVERGED")
        /// A fitted model that does not forget its beginning.
        static let notInvertible = Code(text: "NOT_INVERTIBLE")
        /// A maximum at the end of what a parameter may be.
        static let parameterAtBound = Code(text: "PARAMETER_AT_BOUND")
        /// An expectation that is infinite but for the rarest of events, which were left out.
        static let tailsLeftOut = Code(text: "TAILS_LEFT_OUT")
        /// Values that are no finite numbers, and `null` in the result.
        static let nonFinite = Code(text: "NON_FINITE")
    }

    var code: Code
    /// The name of the input that it is about.
    var input: String?
    var symbol: String?
    /// The data row, counted from 1; a header is no data row.
    var row: Int?
    /// The place in the task's input, as a JSON pointer.
    var path: JSONPointer?
    var message: String

    init(
        _ code: Code, input: String? = nil, symbol: String? = nil, row: Int? = nil, path: JSONPointer? = nil,
        _ message: String
    ) {
        self.code = code
        self.input = input
        self.symbol = symbol
        self.row = row
        self.path = path
        self.message = message
    }

    var json: JSON {
        var members: JSONObject = ["code": JSON(code.text)]
        if let input { members["input"] = JSON(input) }
        if let symbol { members["symbol"] = JSON(symbol) }
        if let row { members["row"] = JSON(row) }
        if let path { members["path"] = JSON(path.description) }
        members["message"] = JSON(message)
        return .object(members)
    }
}

/// Findings that leave nothing to answer.
struct Rejection: Error {
    var findings: [Finding]

    init(_ findings: [Finding]) { self.findings = findings }
    init(_ finding: Finding) { findings = [finding] }
}
