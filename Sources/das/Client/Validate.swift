import ArgumentParser
import FoundationEssentials
import LocalAPIServer
import ProgramSupport
import StructuredData
import SwarmAPI

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check manifests against the definitions, without a cluster.",
        discussion: """
            Examples:
              das validate -f swarm.yaml
              das validate -f manifests/ -f more.yaml      # folders with all their .yaml, .yml and .json
              helm template chart | das validate -f -

            Checks AgentSwarms and SwarmTasks as the API server would on their creation: unknown fields, types, ranges, and the rules
            of the definitions; and that tasks can be checked by the schemas of the task types. Objects of other kinds are counted and left alone. Exit codes: 1 an object is invalid, 2 a file cannot
            be read.
            """)

    @Option(name: .shortAndLong, help: "A file or a folder; - for standard input. More than once for more.")
    var file: [String]

    @OptionGroup var format: OutputOption

    func validate() throws {
        guard !file.isEmpty else { throw ValidationError("name a file with -f") }
    }

    func run() throws {
        let validator = ManifestValidator(definitions: CustomResourceDefinitions.all)
        var findings: [ManifestFinding] = []
        for path in try file.flatMap(Self.files) {
            for document in try InputDocuments.read(path) {
                for object in Self.items(document) {
                    findings.append(ManifestFinding(InputFile.name(path), object, validator))
                }
            }
        }
        let invalid = findings.filter { !$0.problems.isEmpty }
        format.output.show(["objects": .array(findings.map(\.json))]) { isWide in
            ManifestFinding.text(findings, isWide: isWide)
        }
        guard invalid.isEmpty else {
            throw CommandFailure(.failed, "\(invalid.count) of \(findings.count) objects are invalid")
        }
    }

    /// The objects of a list, or the object itself; none of an empty document.
    private static func items(_ document: JSON) -> [JSON] {
        if document.isNull { return [] }
        if document["kind"]?.stringValue == "List" { return document["items"]?.arrayValue ?? [] }
        return [document]
    }

    private static func files(_ path: String) throws -> [String] {
        var isFolder = false
        guard path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else {
            return [path]
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: path).sorted().filter { name in
            [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
        }
        guard !names.isEmpty else { throw CommandFailure(.usage, "\(path) has no .yaml, .yml or .json files") }
        return names.map { "\(path)/\($0)" }
    }
}

/// What there is to say of one object.
struct ManifestFinding {
    var file: String
    /// `AgentSwarm/argus`.
    var object: String
    var isOurs: Bool
    var problems: [String]

    init(_ file: String, _ object: JSON, _ validator: ManifestValidator) {
        self.file = file
        let kind = object["kind"]?.stringValue ?? "(no kind)"
        self.object = "\(kind)/\(object["metadata"]?["name"]?.stringValue ?? "(no name)")"
        let found = validator.problems(of: object)
        isOurs = found != nil
        problems = (found ?? []) + Self.schemaProblems(of: object)
    }

    /// What is wrong with the schemas of a swarm's task types, which the API server takes as they are.
    private static func schemaProblems(of object: JSON) -> [String] {
        guard object["kind"] == "AgentSwarm" else { return [] }
        let types = object["spec"]?["taskTypes"]?.arrayValue ?? []
        return types.enumerated().compactMap { index, type in
            guard let schema = type["inputSchema"] else { return nil }
            do throws(StructuredDataError) {
                _ = try JSONSchema(schema)
                return nil
            } catch {
                return "spec.taskTypes[\(index)].inputSchema\(error.message)"
            }
        }
    }

    var json: JSON {
        [
            "file": .string(file), "object": .string(object), "checked": .bool(isOurs),
            "valid": .bool(problems.isEmpty),
            "problems": JSON(problems),
        ]
    }

    static func text(_ findings: [ManifestFinding], isWide: Bool) -> String {
        var lines = findings.flatMap { finding in
            finding.problems.map { "\(finding.file): \(finding.object): \($0)" }
        }
        if isWide {
            lines += findings.filter { $0.isOurs && $0.problems.isEmpty }.map { "\($0.file): \($0.object): valid" }
        }
        let checked = findings.count(where: \.isOurs)
        let other = findings.count - checked
        lines.append(
            "\(checked) object\(checked == 1 ? "" : "s") checked"
                + (other > 0 ? ", \(other) of other kinds left alone" : ""))
        return lines.joined(separator: "\n")
    }
}
