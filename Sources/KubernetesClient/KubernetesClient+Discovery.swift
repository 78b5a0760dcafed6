internal import HTTPTransport
internal import KubernetesModel
internal import StructuredData

extension KubernetesClient {
    public func serverVersion() async throws -> ServerVersion {
        let call = APICall(.get, "/version")
        let answer = try await json(call)
        do {
            return try answer.decode(ServerVersion.self)
        } catch {
            throw KubernetesClientError(.decoding, "the answer to \(call.summary) is no version: \(error)")
        }
    }

    /// Every resource that the server serves, groups in the server's order, in each group the preferred version first.
    ///
    /// Two calls where the server knows aggregated discovery, else one more for each group version. A group whose own server
    /// does not answer is left out.
    public func discover() async throws -> [DiscoveredResource] {
        var core = APICall(.get, "/api")
        var groups = APICall(.get, "/apis")
        // v2 since 1.30, v2beta1 since 1.26.
        let accept =
            ["v2", "v2beta1"].map { "application/json;g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList" }
            .joined(separator: ",") + ",application/json"
        core.headers["Accept"] = accept
        groups.headers["Accept"] = accept
        return try await resources(json(core)) + resources(json(groups))
    }

    /// What an answer of `/api` or `/apis` stands for, in either of its forms.
    private func resources(_ answer: JSON) async throws -> [DiscoveredResource] {
        if answer["kind"]?.stringValue == "APIGroupDiscoveryList" {
            return DiscoveryDocuments.resources(aggregated: answer)
        }
        var found: [DiscoveredResource] = []
        for (group, version) in DiscoveryDocuments.groupVersions(answer) {
            let path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
            do {
                let list = try await json(APICall(.get, path))
                found += DiscoveryDocuments.resources(list, group: group, version: version)
            } catch let status as KubernetesStatus where status.code == 503 || status.code == 404 {
                continue
            }
        }
        return found
    }
}

/// Reads the documents of discovery.
enum DiscoveryDocuments {
    /// Of an `APIGroupDiscoveryList`.
    static func resources(aggregated list: JSON) -> [DiscoveredResource] {
        var found: [DiscoveredResource] = []
        for group in list["items"]?.arrayValue ?? [] {
            let name = group["metadata"]?["name"]?.stringValue ?? ""
            for version in group["versions"]?.arrayValue ?? [] {
                for resource in version["resources"]?.arrayValue ?? [] {
                    guard let versionName = version["version"]?.stringValue,
                        let plural = resource["resource"]?.stringValue,
                        let kind = resource["responseKind"]?["kind"]?.stringValue
                    else { continue }
                    found.append(
                        DiscoveredResource(
                            resource: ResourceType(
                                group: name, version: versionName, kind: kind, plural: plural,
                                namespaced: resource["scope"]?.stringValue == "Namespaced"),
                            singular: resource["singularResource"]?.stringValue ?? "",
                            shortNames: texts(resource["shortNames"]), categories: texts(resource["categories"]),
                            verbs: texts(resource["verbs"]),
                            subresources: (resource["subresources"]?.arrayValue ?? [])
                                .compactMap { $0["subresource"]?.stringValue }))
                }
            }
        }
        return found
    }

    /// Of an `APIVersions` or an `APIGroupList`.
    static func groupVersions(_ answer: JSON) -> [(group: String, version: String)] {
        var found = texts(answer["versions"]).map { (group: "", version: $0) }
        for group in answer["groups"]?.arrayValue ?? [] {
            let name = group["name"]?.stringValue ?? ""
            let preferred = group["preferredVersion"]?["version"]?.stringValue
            let versions = (group["versions"]?.arrayValue ?? []).compactMap { $0["version"]?.stringValue }
            for version in versions where version == preferred { found.append((name, version)) }
            for version in versions where version != preferred { found.append((name, version)) }
        }
        return found
    }

    /// Of an `APIResourceList`.
    static func resources(_ list: JSON, group: String, version: String) -> [DiscoveredResource] {
        var found: [DiscoveredResource] = []
        var positions: [String: Int] = [:]
        let entries = list["resources"]?.arrayValue ?? []
        for entry in entries {
            guard let plural = entry["name"]?.stringValue, !plural.contains("/"),
                let kind = entry["kind"]?.stringValue
            else { continue }
            positions[plural] = found.count
            found.append(
                DiscoveredResource(
                    resource: ResourceType(
                        group: group, version: version, kind: kind, plural: plural,
                        namespaced: entry["namespaced"]?.boolValue ?? false),
                    singular: entry["singularName"]?.stringValue ?? "", shortNames: texts(entry["shortNames"]),
                    categories: texts(entry["categories"]), verbs: texts(entry["verbs"])))
        }
        for entry in entries {
            guard let parts = entry["name"]?.stringValue?.split(separator: "/", maxSplits: 1), parts.count == 2,
                let position = positions[String(parts[0])]
            else { continue }
            found[position].subresources.append(String(parts[1]))
        }
        return found
    }

    private static func texts(_ json: JSON?) -> [String] { json?.arrayValue?.compactMap(\.stringValue) ?? [] }
}
