/// The words of a command line, as a shell would see them, without anything else that a shell does: spaces separate, single and
/// double quotes and backslashes keep together, and nothing is expanded.
enum CommandLineWords {
    struct Unclosed: Error, Hashable {
        var quote: Character
    }

    /// - Throws: `Unclosed` where a quotation has no end.
    static func split(_ text: String) throws(Unclosed) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let whole = word { words.append(whole) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw Unclosed(quote: quote) }
        if isEscaped { throw Unclosed(quote: "\\") }
        if let word { words.append(word) }
        return words
    }
}
