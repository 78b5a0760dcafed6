extension IndicatorFunction {
    /// Every function there is, by name.
    public static let all: [IndicatorFunction] =
        (overlapStudies + momentumIndicators + volumeIndicators + volatilityIndicators + cycleIndicators
        + priceTransforms + statisticFunctions + mathOperators)
        .sorted { $0.name < $1.name }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The function that TA-Lib calls `name`.
    public static func named(_ name: String) -> IndicatorFunction? { byName[name] }

    /// What to say about a name that no function has.
    static func unknown(_ name: String) -> String {
        let names = all.map(\.name)
        let nearest = Spelling.nearest(to: name, among: names).map { " (did you mean \($0)?)" } ?? ""
        return "no function is called \"\(name)\"\(nearest); available: \(names.joined(separator: ", "))"
    }
}
