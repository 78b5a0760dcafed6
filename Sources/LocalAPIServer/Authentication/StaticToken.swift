/// One line of the API server's static token file: `token,user,uid,"group1,group2"`.
package struct StaticToken: Sendable, Hashable {
    package var token: String
    package var user: String
    package var uid: String
    package var groups: [String]

    package init(token: String, user: String, uid: String = "", groups: [String] = []) {
        self.token = token
        self.user = user
        self.uid = uid
        self.groups = groups
    }

    /// Reads a token file. Empty lines and lines that start with `#` are skipped.
    /// - Throws: `LocalAPIServerError` that names the line.
    package static func parse(_ text: String, file: String) throws(LocalAPIServerError) -> [StaticToken] {
        var tokens: [StaticToken] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = line.drop(while: \.isWhitespace)
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            let columns = fields(of: trimmed.last == "\r" ? trimmed.dropLast() : trimmed)
            guard columns.count >= 3, !columns[0].isEmpty, !columns[1].isEmpty else {
                throw LocalAPIServerError(
                    .badConfiguration,
                    "\(file):\(index + 1): expected token,user,uid,\"group1,group2\" with a token and a user")
            }
            let groups = columns.count > 3 ? columns[3].split(separator: ",").map(String.init) : []
            tokens.append(StaticToken(token: columns[0], user: columns[1], uid: columns[2], groups: groups))
        }
        return tokens
    }

    /// The comma-separated columns of a line; a column in double quotes may hold commas.
    private static func fields(of line: Substring) -> [String] {
        var columns: [String] = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: columns.append("")
            default: columns[columns.count - 1].append(character)
            }
        }
        return columns
    }
}
