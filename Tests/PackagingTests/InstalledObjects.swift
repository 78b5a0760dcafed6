import StructuredData

/// What an installation consists of.
struct InstalledObjects {
    /// By kind and name.
    var objects: [String: JSON]

    /// The kustomization of Manifests/.
    static func ofManifests() async throws -> InstalledObjects {
        try await InstalledObjects(Tool.kubectl.output("kustomize", "Manifests"))
    }

    /// The chart, with its definitions.
    static func ofChart(_ settings: String...) async throws -> InstalledObjects {
        let folder = "Charts/dynamic-agent-swarms"
        let values = settings.joined(separator: ",")
        return try await InstalledObjects(
            Tool.helm.output(
                "template", "das", folder, "--namespace", "das-system", "--include-crds", "--set", values))
    }

    init(_ yaml: String) throws {
        objects = [:]
        for object in try YAML.parse(yaml) where object != .null {
            guard let kind = object["kind"]?.stringValue, let name = object["metadata"]?["name"]?.stringValue else {
                throw PackagingFailure("an object has no kind or no name: \(object.text())")
            }
            guard objects.updateValue(object, forKey: "\(kind)/\(name)") == nil else {
                throw PackagingFailure("\(kind)/\(name) is there twice")
            }
        }
    }

    subscript(_ name: String) -> JSON? { objects[name] }
}
