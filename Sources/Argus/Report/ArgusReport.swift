public import StructuredData

/// An answer drawn for people: what the task found, with pictures of the data that it found it in.
public struct ArgusReport: Sendable {
    /// One page that needs nothing else.
    public var html: String { ReportPage(report).html }
    /// The pictures alone.
    public var svg: String { ReportSheet(report).svg }

    /// The task types whose answers can be drawn.
    public static let taskTypes = [MarketAnalysis.taskType, RiskAssessment.taskType, Advisory.taskType]

    private let report: Report

    /// - Parameters:
    ///   - taskType: the task type's name.
    ///   - input: the task's input, whose data are drawn.
    ///   - answer: what the task answered to it; `nil` comes back where it was rejected, or where the task type has no report.
    public init?(taskType: String, input: JSON, answer: JSON, environment: ArgusEnvironment = ArgusEnvironment()) {
        guard let result = answer["result"] else { return nil }
        do throws(Rejection) {
            let data = try ReportData(input, answer: answer, environment: environment)
            let sections: [Report.Section]
            let title: String
            switch taskType {
            case MarketAnalysis.taskType:
                (title, sections) = ("Market analysis", MarketAnalysisSections(data, result).sections)
            case RiskAssessment.taskType:
                (title, sections) = ("Risk assessment", RiskAssessmentSections(data, answer, result).sections)
            case Advisory.taskType:
                (title, sections) = ("Portfolio advice", AdvisorySections(data, answer, result).sections)
            default: return nil
            }
            report = Report(
                title: title, subtitle: data.origin, sections: sections + Self.warnings(answer),
                notice: ReportText.notice)
        } catch {
            // The data were read for the answer a moment ago: a file that has gone since leaves nothing to draw.
            return nil
        }
    }

    private static func warnings(_ answer: JSON) -> [Report.Section] {
        let warnings = (answer["warnings"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue }
        return warnings.isEmpty ? [] : [Report.Section(heading: "Warnings", blocks: [.list(warnings)])]
    }
}
