import FoundationEssentials
package import StructuredData

/// What a result holds under.
package struct Conditions {
    package var cores: Int
    package var processor: String
    /// What else took part, with its version: `SQLite 3.45`.
    package var software: [String]
    package var fileSystem: String
    /// Of the last minute, before the benchmark began: what else the machine does.
    package var loadAverage: String
    package var isOptimized: Bool

    /// - Parameters:
    ///   - folder: where the measured files are.
    ///   - software: what else took part, with its version.
    package init(folder: String, software: [String]) {
        self.software = software
        cores = ProcessInfo.processInfo.activeProcessorCount
        processor =
            Self.lines(of: "/proc/cpuinfo").first { $0.hasPrefix("model name") }
            .flatMap { $0.split(separator: ":").last }.map { String($0.drop { $0 == " " }) } ?? "unknown"
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

    package var text: String {
        """
        \(cores) cores (\(processor)), load \(loadAverage), \((software + [fileSystem]).joined(separator: ", "))\
        \(isOptimized ? "" : "; a debug build: run with -c release for numbers that mean something")
        """
    }

    package var json: JSON {
        [
            "cores": JSON(cores), "processor": .string(processor), "software": .array(software.map { .string($0) }),
            "fileSystem": .string(fileSystem), "loadAverage": .string(loadAverage), "isOptimized": .bool(isOptimized),
        ]
    }
}
