/// What people are shown of an answer: words, pictures and tables, as a value that pages are made from.
struct Report: Sendable {
    struct Section: Sendable {
        var heading: String
        var blocks: [Block]
    }

    enum Block: Sendable {
        case paragraph(String)
        case picture(any Picture)
        case table(Table)
        /// Sentences below each other.
        case list([String])
    }

    struct Table: Sendable {
        var columns: [String]
        /// As many cells a row as there are columns; all but the first are right-aligned where `isNumeric`.
        var rows: [[String]]
        var isNumeric = true
    }

    var title: String
    /// Where the data come from and when they end.
    var subtitle: String
    var sections: [Section]
    /// What stands at the end of every page.
    var notice: String
}
