import KubernetesModel
import StructuredData
import Synchronization

/// All kinds that are served: the built-in ones, and those that CustomResourceDefinitions add.
final class ResourceRegistry: Sendable {
    struct Snapshot: Sendable {
        /// In the order in which discovery lists them.
        var definitions: [ResourceDefinition]
        fileprivate var byPath: [Path: Int]
        /// Changes with every change of the custom kinds.
        var version: Int64

        fileprivate init(_ definitions: [ResourceDefinition], version: Int64) {
            self.definitions = definitions
            self.version = version
            byPath = [:]
            for (index, definition) in definitions.enumerated() {
                byPath[
                    Path(group: definition.type.group, version: definition.type.version, plural: definition.type.plural)
                ] = index
            }
        }

        func definition(group: String, version: String, plural: String) -> ResourceDefinition? {
            byPath[Path(group: group, version: version, plural: plural)].map { definitions[$0] }
        }

        func definition(group: String, kind: String) -> ResourceDefinition? {
            definitions.first { $0.type.group == group && $0.type.kind == kind }
        }

        /// Groups with their versions, the preferred one first; the core group is "".
        var groups: [(name: String, versions: [String])] {
            var groups: [(name: String, versions: [String])] = []
            for definition in definitions {
                if let index = groups.firstIndex(where: { $0.name == definition.type.group }) {
                    if !groups[index].versions.contains(definition.type.version) {
                        groups[index].versions.append(definition.type.version)
                    }
                } else {
                    groups.append((definition.type.group, [definition.type.version]))
                }
            }
            return groups
        }

        func definitions(group: String, version: String) -> [ResourceDefinition] {
            definitions.filter { $0.type.group == group && $0.type.version == version }
        }
    }

    fileprivate struct Path: Hashable {
        var group: String
        var version: String
        var plural: String
    }

    static let customResourceDefinitions = "apiextensions.k8s.io/customresourcedefinitions"

    private let builtIn: [ResourceDefinition]
    private let store: ObjectStore
    private let unreadable: UnreadableObjects
    private let cached: Mutex<Snapshot>

    init(store: ObjectStore, unreadable: UnreadableObjects) {
        self.store = store
        self.unreadable = unreadable
        builtIn = BuiltInResources.all()
        cached = Mutex(Snapshot(builtIn, version: -1))
    }

    /// The kinds as of now: a CustomResourceDefinition counts from its commit on.
    var snapshot: Snapshot {
        let version = store.version(of: Self.customResourceDefinitions)
        let known = cached.withLock { $0 }
        if known.version == version { return known }
        // Reading schemas and compiling rules takes its time: done once for each version of a definition.
        let unchanged = Dictionary(grouping: known.definitions.filter(\.isCustom), by: \.definedAt)
        var definitions = builtIn
        for stored in store.objects(of: Self.customResourceDefinitions).objects {
            if let same = unchanged[stored.resourceVersion] {
                definitions += same
                continue
            }
            guard let object = unreadable.read(stored) else { continue }
            definitions += CustomResource.definitions(from: object, at: stored.resourceVersion)
        }
        let snapshot = Snapshot(definitions, version: version)
        cached.withLock { $0 = snapshot }
        return snapshot
    }
}
