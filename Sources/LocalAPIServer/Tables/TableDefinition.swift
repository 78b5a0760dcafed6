import StructuredData

/// The columns of a kind, and how an object fills them.
struct TableDefinition: Sendable {
    struct Column: Sendable {
        var name: String
        var type: String
        var format: String
        var description: String
        /// Above 0: only shown when more is asked for (`-o wide`).
        var priority: Int

        init(_ name: String, type: String = "string", format: String = "", description: String = "", priority: Int = 0)
        {
            self.name = name
            self.type = type
            self.format = format
            self.description = description
            self.priority = priority
        }

        var json: JSON {
            [
                "name": .string(name), "type": .string(type), "format": .string(format),
                "description": .string(description), "priority": JSON(priority),
            ]
        }
    }

    var columns: [Column]
    /// The cells of an object in the order of the columns.
    /// - Parameter now: seconds since 1970.
    var cells: @Sendable (_ object: JSON, _ now: Int64) -> [JSON]

    static let name = Column(
        "Name", format: "name",
        description:
            "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a "
            + "client to request the generation of an appropriate name automatically. Name is primarily intended for "
            + "creation idempotence and configuration definition. Cannot be updated. More info: "
            + "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names")

    static let age = Column(
        "Age",
        description:
            "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed "
            + "to be set in happens-before order across separate operations. Clients may not set this value. It is "
            + "represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: "
            + "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata")

    static let nameAndAge = TableDefinition(
        columns: [name, age],
        cells: { object, now in [CellText.name(object), CellText.age(object, now)] })

    /// For kinds that nobody has thought of columns for.
    static let nameAndCreation = TableDefinition(
        columns: [name, Column("Created At", type: "date", description: "When the object was created.")],
        cells: { object, _ in [CellText.name(object), object["metadata"]?["creationTimestamp"] ?? ""] })

    /// The columns that a CustomResourceDefinition asks for.
    static func custom(_ columns: [JSON]) -> TableDefinition {
        guard !columns.isEmpty else {
            return TableDefinition(
                columns: [
                    name,
                    Column(
                        "Age", type: "date",
                        description:
                            "Custom resource definition column (in JSONPath format): .metadata.creationTimestamp"),
                ],
                cells: { object, now in [CellText.name(object), CellText.age(object, now)] })
        }
        let paths = columns.map { JSONPath($0["jsonPath"]?.stringValue ?? "") }
        let types = columns.map { $0["type"]?.stringValue ?? "string" }
        return TableDefinition(
            columns: [name]
                + columns.map { column in
                    Column(
                        column["name"]?.stringValue ?? "", type: column["type"]?.stringValue ?? "string",
                        format: column["format"]?.stringValue ?? "",
                        description: column["description"]?.stringValue
                            ?? "Custom resource definition column (in JSONPath format): "
                            + (column["jsonPath"]?.stringValue ?? ""),
                        priority: column["priority"]?.intValue ?? 0)
                },
            cells: { object, now in
                [CellText.name(object)]
                    + zip(paths, types).map { path, type in CellText.custom(path, type, object, now) }
            })
    }
}
