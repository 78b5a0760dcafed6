import ProgramSupport
import StructuredData

/// The documents of a YAML or JSON file, or of standard input.
enum InputDocuments {
    static func read(_ path: String) throws -> [JSON] {
        let bytes: [UInt8]
        do {
            bytes = try InputFile.read(path)
        } catch {
            throw CommandFailure(.usage, "\(InputFile.name(path)) cannot be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.usage, "\(InputFile.name(path)) is not UTF-8")
        }
        do {
            return try YAML.parse(text, file: InputFile.name(path))
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }
}
