import FoundationEssentials
import GRDB
import StructuredData

/// What a result holds under.
struct Conditions {
    var cores: Int
    var processor: String
    var sqlite: String
    var fileSystem: String
    /// Of the last minute, before the benchmark began: what else the machine does.
    var loadAverage: String
    var isOptimized: Bool

    /// - Parameter folder: where the measured files are.
    init(folder: String) throws {
        cores = ProcessInfo.processInfo.activeProcessorCount
        processor =
            Self.lines(of: "/proc/cpuinfo").first { $0.hasPrefix("model name") }
            .flatMap { $0.split(separator: ":").last }.map { String($0.drop { $0 == " " }) } ?? "unknown"
        sqlite = try DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") } ?? "unknown"
        fileSystem = Self.fileSystem(of: folder)
        loadAverage = Self.lines(of: "/proc/loadavg").first?.split(separator: " ").first.map(String.init) ?? "unknown"
        #if DEBUG
            isOptimized = false
        #else
            isOptimized = true
        #endif
    }

    /// The type and device of the mount that holds `folder`.
    private static func fileSystem(of folder: String) -> String {
        let path = URL(filePath: folder).resolvingSymlinksInPath().path
        let mounts = lines(of: "/proc/self/mounts").compactMap { line -> (point: Substring, text: String)? in
            let fields = line.split(separator: " ")
            guard fields.count > 2 else { return nil }
            let point = fields[1]
            let holds = point == "/" || path == point || path.hasPrefix("\(point)/")
            return holds ? (point, "\(fields[2]) on \(fields[0])") : nil
        }
        return mounts.max { $0.point.count < $1.point.count }?.text ?? "unknown"
    }

    private static func lines(of file: String) -> [Substring] {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n")
    }

    var text: String {
        """
        \(cores) cores (\(processor)), load \(loadAverage), SQLite \(sqlite), \(fileSystem)\
        \(isOptimized ? "" : "; a debug build: run with -c release for numbers that mean something")
        """
    }

    var json: JSON {
        [
            "cores": JSON(cores), "processor": .string(processor), "sqlite": .string(sqlite),
            "fileSystem": .string(fileSystem), "loadAverage": .string(loadAverage), "isOptimized": .bool(isOptimized),
        ]
    }
}
