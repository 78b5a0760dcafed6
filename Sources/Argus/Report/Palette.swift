/// The colours and fonts of pictures. The series' colours are those of Okabe and Ito (2008), which the colour-blind tell apart.
enum Palette {
    static let ink = "#1f2933"
    static let faint = "#7b8794"
    static let grid = "#e4e7eb"
    static let paper = "#ffffff"

    static let blue = "#0072b2"
    static let vermilion = "#d55e00"
    static let green = "#009e73"
    static let orange = "#e69f00"
    static let purple = "#cc79a7"
    static let sky = "#56b4e9"

    static let fonts = "system-ui, 'Liberation Sans', 'DejaVu Sans', Arial, sans-serif"

    /// The colour of the series at `index`; they repeat after the last.
    static func series(_ index: Int) -> String { all[index % all.count] }

    private static let all = [blue, vermilion, green, orange, purple, sky]
}
