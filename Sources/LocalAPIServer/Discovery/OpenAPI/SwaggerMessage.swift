import StructuredData

/// Writes an OpenAPI v2 document as the message `openapi.v2.Document` of gnostic, which client-go asks for.
///
/// Where JSON has a value that the message does not give a type to (defaults, enumerations, extensions), the message has its text,
/// as YAML; JSON is YAML.
enum SwaggerMessage {
    static func encode(_ document: JSON) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.text(1, document["swagger"])
        writer.write(2) { info in
            info.text(1, document["info"]?["title"])
            info.text(2, document["info"]?["version"])
        }
        writer.write(8) { $0.named(2, document["paths"], item) }
        writer.write(9) { $0.named(1, document["definitions"], schema) }
        return writer.bytes
    }

    // MARK: Paths

    private static let methods = ["get": 2, "put": 3, "post": 4, "delete": 5, "patch": 8]

    private static func item(_ writer: inout ProtobufWriter, _ item: JSON) {
        for (method, field) in methods.sorted(by: { $0.value < $1.value }) {
            if let operation = item[method] { writer.write(field) { self.operation(&$0, operation) } }
        }
        parameters(&writer, 9, item["parameters"])
    }

    private static func operation(_ writer: inout ProtobufWriter, _ operation: JSON) {
        writer.texts(1, operation["tags"])
        writer.text(3, operation["description"])
        writer.text(5, operation["operationId"])
        writer.texts(6, operation["produces"])
        writer.texts(7, operation["consumes"])
        parameters(&writer, 8, operation["parameters"])
        writer.write(9) { responses in
            responses.named(1, operation["responses"]) { value, response in
                value.write(1) { message in
                    message.text(1, response["description"])
                    if let schema = response["schema"] {
                        message.write(2) { $0.write(1) { self.schema(&$0, schema) } }
                    }
                }
            }
        }
        writer.texts(10, operation["schemes"])
        writer.extensions(13, operation)
    }

    private static func parameters(_ writer: inout ProtobufWriter, _ field: Int, _ parameters: JSON?) {
        for parameter in parameters?.arrayValue ?? [] {
            writer.write(field) { item in item.write(1) { self.parameter(&$0, parameter) } }
        }
    }

    private static func parameter(_ writer: inout ProtobufWriter, _ parameter: JSON) {
        guard parameter["in"] != "body" else {
            writer.write(1) { body in
                body.text(2, parameter["name"])
                body.text(3, parameter["in"])
                body.flag(4, parameter["required"])
                if let schema = parameter["schema"] { body.write(5) { self.schema(&$0, schema) } }
            }
            return
        }
        let isInPath = parameter["in"] == "path"
        writer.write(2) { other in
            other.write(isInPath ? 4 : 3) { message in
                message.flag(1, parameter["required"])
                message.text(2, parameter["in"])
                message.text(4, parameter["name"])
                // The message of a query parameter has one field more before these.
                message.text(isInPath ? 5 : 6, parameter["type"])
                message.flag(isInPath ? 19 : 20, parameter["uniqueItems"])
            }
        }
    }

    // MARK: Schemas

    private static let texts = ["$ref": 1, "format": 2, "title": 3, "description": 4, "pattern": 13]
    private static let doubles = ["multipleOf": 6, "maximum": 7, "minimum": 9]
    private static let flags = ["exclusiveMaximum": 8, "exclusiveMinimum": 10, "uniqueItems": 16]
    private static let integers = [
        "maxLength": 11, "minLength": 12, "maxItems": 14, "minItems": 15, "maxProperties": 17, "minProperties": 18,
    ]

    private static func schema(_ writer: inout ProtobufWriter, _ schema: JSON) {
        for (key, value) in schema.objectValue ?? [:] {
            if let field = texts[key] {
                writer.text(field, value)
            } else if let field = doubles[key], let number = value.doubleValue {
                writer.write(field, number)
            } else if let field = flags[key] {
                writer.flag(field, value)
            } else if let field = integers[key], let number = value.intValue {
                writer.write(field, Int64(number))
            } else {
                member(&writer, key, value)
            }
        }
        writer.extensions(31, schema)
    }

    private static func member(_ writer: inout ProtobufWriter, _ key: String, _ value: JSON) {
        switch key {
        case "default": writer.any(5, value)
        case "required": writer.texts(19, value)
        case "enum":
            for element in value.arrayValue ?? [] { writer.any(20, element) }
        case "additionalProperties":
            writer.write(21) { $0.write(1) { schema(&$0, value) } }
        case "type": writer.write(22) { $0.text(1, value) }
        case "items": writer.write(23) { $0.write(1) { schema(&$0, value) } }
        case "properties": writer.write(25) { $0.named(1, value, schema) }
        default: break
        }
    }
}

extension ProtobufWriter {
    fileprivate mutating func text(_ field: Int, _ json: JSON?) {
        if let text = json?.stringValue, !text.isEmpty { write(field, text) }
    }

    fileprivate mutating func texts(_ field: Int, _ json: JSON?) {
        for text in (json?.arrayValue ?? []).compactMap(\.stringValue) { write(field, text) }
    }

    fileprivate mutating func flag(_ field: Int, _ json: JSON?) {
        if json?.boolValue == true { write(field, true) }
    }

    /// A map, as messages of a name and a value.
    fileprivate mutating func named(
        _ field: Int, _ json: JSON?, _ value: (inout ProtobufWriter, JSON) -> Void
    ) {
        for (name, member) in json?.objectValue ?? [:] {
            write(field) { entry in
                entry.write(1, name)
                entry.write(2) { value(&$0, member) }
            }
        }
    }

    fileprivate mutating func any(_ field: Int, _ json: JSON) {
        write(field) { $0.write(2, json.text() + "\n") }
    }

    fileprivate mutating func extensions(_ field: Int, _ json: JSON) {
        for (key, value) in json.objectValue ?? [:] where key.hasPrefix("x-") {
            write(field) { entry in
                entry.write(1, key)
                entry.any(2, value)
            }
        }
    }
}
