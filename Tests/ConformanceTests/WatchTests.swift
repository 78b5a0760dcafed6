import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

extension Conformance {
    @Suite struct Watches {
        let cluster: ConformanceCluster
        var client: KubernetesClient { cluster.client }

        init() throws { cluster = try .current }

        private func watch(_ options: WatchOptions) async throws -> WatchStream<ConfigMap>.AsyncIterator {
            try await client.watch(ConfigMap.self, namespace: cluster.namespace, options: options)
                .makeAsyncIterator()
        }

        /// The next events that are no bookmarks, as `ADDED name value`.
        private func next(
            _ count: Int, _ events: inout WatchStream<ConfigMap>.AsyncIterator
        ) async throws -> [String] {
            var texts: [String] = []
            while texts.count < count, let event = try await events.next() {
                switch event {
                case .added(let object): texts.append("ADDED \(Self.text(object))")
                case .modified(let object): texts.append("MODIFIED \(Self.text(object))")
                case .deleted(let object): texts.append("DELETED \(Self.text(object))")
                case .bookmark: continue
                }
            }
            return texts
        }

        private static func text(_ object: ConfigMap) -> String {
            "\(object.metadata.name ?? "") \(object.data?["k"] ?? "-")"
        }

        private func set(_ name: String, _ value: String) async throws -> ConfigMap {
            try await client.patch(ConfigMap.self, name, patch: .merge(["data": ["k": .string(value)]]))
        }

        private func version() async throws -> String {
            try await client.list(ConfigMap.self, namespace: cluster.namespace).resourceVersion
        }

        @Test func `A watch goes on from a list's version, and another from the middle of the first`() async throws {
            let selector = "set=resumed"
            var events = try await watch(
                WatchOptions(labelSelector: selector, resourceVersion: try await version()))
            let first = try await client.create(configMap("resumed", ["k": "1"], labels: ["set": "resumed"]))
            let second = try await set("resumed", "2")
            try await client.delete(ConfigMap.self, "resumed")
            #expect(
                try await next(3, &events) == ["ADDED resumed 1", "MODIFIED resumed 2", "DELETED resumed 2"])

            var later = try await watch(
                WatchOptions(labelSelector: selector, resourceVersion: first.metadata.resourceVersion))
            #expect(try await next(2, &later) == ["MODIFIED resumed 2", "DELETED resumed 2"])
            var last = try await watch(
                WatchOptions(labelSelector: selector, resourceVersion: second.metadata.resourceVersion))
            guard case .deleted(let object)? = try await last.next() else {
                Issue.record("the deletion did not come first")
                return
            }
            // The deletion has a version of its own, from which a watch goes on behind it.
            #expect(object.metadata.resourceVersion != second.metadata.resourceVersion)
        }

        @Test func `Without a version the present state comes first, and with initial events a mark behind it`()
            async throws
        {
            for name in ["initial-a", "initial-b"] {
                _ = try await client.create(configMap(name, ["k": "1"], labels: ["set": "initial"]))
            }
            var plain = try await watch(WatchOptions(labelSelector: "set=initial"))
            #expect(try await next(2, &plain).sorted() == ["ADDED initial-a 1", "ADDED initial-b 1"])

            var marked = try await watch(WatchOptions(labelSelector: "set=initial", sendInitialEvents: true))
            var names: Set<String> = []
            var mark: String?
            while mark == nil, let event = try await marked.next() {
                switch event {
                case .added(let object): names.insert(object.metadata.name ?? "")
                case .bookmark(let version, let isEnd): if isEnd { mark = version }
                case .modified, .deleted: Issue.record("the present state is told by additions: \(event)")
                }
            }
            #expect(names == ["initial-a", "initial-b"])
            _ = try await set("initial-a", "2")
            #expect(try await next(1, &marked) == ["MODIFIED initial-a 2"])
            var resumed = try await watch(WatchOptions(labelSelector: "set=initial", resourceVersion: mark))
            #expect(try await next(1, &resumed) == ["MODIFIED initial-a 2"])
        }

        @Test func `An object that enters a selector is added, and one that leaves it is deleted`() async throws {
            _ = try await client.create(configMap("crossing", ["k": "1"]))
            var events = try await watch(
                WatchOptions(labelSelector: "crossing=in", resourceVersion: try await version()))
            for label: JSON in ["in", "out", "in", nil] {
                _ = try await client.patch(
                    ConfigMap.self, "crossing", patch: .merge(["metadata": ["labels": ["crossing": label]]]))
            }
            #expect(
                try await next(4, &events)
                    == ["ADDED crossing 1", "DELETED crossing 1", "ADDED crossing 1", "DELETED crossing 1"])
        }

        @Test func `A watch of one name tells of that alone`() async throws {
            var events = try await watch(
                WatchOptions(fieldSelector: "metadata.name=only", resourceVersion: try await version()))
            _ = try await client.create(configMap("other", ["k": "1"]))
            _ = try await client.create(configMap("only", ["k": "1"]))
            #expect(try await next(1, &events) == ["ADDED only 1"])
        }

        @Test func `The server ends a watch when its time is over`() async throws {
            var events = try await watch(WatchOptions(fieldSelector: "metadata.name=none", timeoutSeconds: 1))
            #expect(try await next(1, &events) == [])
        }

        @Test func `A version that is none is refused`() async throws {
            let status = try await refusal {
                var events = try await watch(WatchOptions(resourceVersion: "none"))
                _ = try await events.next()
            }
            // What it is called depends on which layer of the server reads it first.
            #expect([400, 422, 500].contains(status.code))
        }
    }
}
