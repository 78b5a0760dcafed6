import KubernetesModel
import Logging
import StructuredData

extension APIHandler {
    private static let clusterRoles = "rbac.authorization.k8s.io/clusterroles"

    /// What follows from a deletion, before it is answered.
    func reactToDeletion(_ target: Target) async {
        if target.definition.storageName == Self.clusterRoles { await aggregateRoles() }
        await quotas.settle(target.namespace)
    }

    /// What follows from a write before it is answered, so that a client finds it done.
    func react(to outcome: WriteOutcome, _ definition: ResourceDefinition) async throws {
        if definition.storageName == Self.clusterRoles, outcome.stored != nil || outcome.isRemoved {
            await aggregateRoles()
        }
        if definition.type.namespaced { await quotas.settle(outcome.object["metadata"]?["namespace"]?.stringValue) }
        guard outcome.stored != nil, let name = outcome.object["metadata"]?["name"]?.stringValue else { return }
        switch definition.storageName {
        case "/namespaces" where outcome.isCreated: await furnish(namespace: name)
        case ResourceRegistry.customResourceDefinitions: await keeper.establish(name)
        default: break
        }
    }

    /// The namespaces that every cluster has.
    static let initialNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"]

    /// Makes what must be there at start.
    func bootstrap() async throws {
        for name in Self.initialNamespaces { await createIfAbsent(Self.namespaces, name: name, [:]) }
        let rbac = "rbac.authorization.k8s.io"
        let clusterRole = ResourceType(
            group: rbac, version: "v1", kind: "ClusterRole", plural: "clusterroles", namespaced: false)
        for (name, content) in BootstrapRoles.roles { await createIfAbsent(clusterRole, name: name, content) }
        await createIfAbsent(
            ResourceType(
                group: rbac, version: "v1", kind: "ClusterRoleBinding", plural: "clusterrolebindings", namespaced: false
            ),
            name: "cluster-admin",
            [
                "metadata": ["labels": ["kubernetes.io/bootstrapping": "rbac-defaults"]],
                "roleRef": ["apiGroup": .string(rbac), "kind": "ClusterRole", "name": "cluster-admin"],
                "subjects": [["apiGroup": .string(rbac), "kind": "Group", "name": "system:masters"]],
            ])
        await aggregateRoles()
        for (name, value) in [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)] {
            await createIfAbsent(
                ResourceType(
                    group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass", plural: "priorityclasses",
                    namespaced: false),
                name: name, ["value": JSON(value), "description": "Used for system critical pods."])
        }
        for namespace in store.objects(of: "/namespaces").objects {
            await furnish(namespace: namespace.location.name)
            // A kill of the process may have come between a write and its quota's status.
            await quotas.settle(namespace.location.name)
        }
        await publishOwnService()
    }

    /// The Service `kubernetes`, by which programs in the cluster, and those that look at it, find this server.
    private func publishOwnService() async {
        let services = ResourceType(group: "", version: "v1", kind: "Service", plural: "services", namespaced: true)
        let slices = ResourceType(
            group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", plural: "endpointslices", namespaced: true)
        let name = "kubernetes"
        await createIfAbsent(
            services, name: name, namespace: "default",
            [
                "metadata": ["labels": ["component": "apiserver", "provider": "kubernetes"]],
                "spec": ["ports": [["name": "https", "port": 443, "targetPort": 6443]]],
            ])
        // Where any free port is taken, nobody can be told one before it is.
        guard configuration.port != 0 else { return }
        let endpoints: JSON = [["addresses": [.string(configuration.host)], "conditions": ["ready": true]]]
        let ports: JSON = [["name": "https", "port": JSON(configuration.port), "protocol": "TCP"]]
        await createIfAbsent(
            slices, name: name, namespace: "default",
            [
                "metadata": ["labels": ["kubernetes.io/service-name": .string(name)]], "addressType": "IPv4",
                "endpoints": endpoints, "ports": ports,
            ])
        guard
            let definition = registry.snapshot.definition(
                group: slices.group, version: slices.version, plural: slices.plural)
        else { return }
        // It may listen elsewhere than the last time.
        _ = try? await modify(Target(definition: definition, namespace: "default", name: name), systemOptions) { live in
            var slice = live
            slice["endpoints"] = endpoints
            slice["ports"] = ports
            return slice
        }
    }

    /// A namespace has a default service account, and the authorities that its pods are to trust.
    private func furnish(namespace: String) async {
        await createIfAbsent(
            ResourceType(
                group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts", namespaced: true),
            name: "default", namespace: namespace, [:])
        let configMaps = ResourceType(
            group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true)
        let content: JSON = ["ca.crt": .string(configuration.authorityPEM)]
        await createIfAbsent(configMaps, name: "kube-root-ca.crt", namespace: namespace, ["data": content])
        guard let definition = registry.snapshot.definition(group: "", version: "v1", plural: "configmaps") else {
            return
        }
        let target = Target(definition: definition, namespace: namespace, name: "kube-root-ca.crt")
        // A server that was given a new authority says so everywhere.
        _ = try? await modify(target, systemOptions) { live in
            var object = live
            object["data"] = content
            return object
        }
    }

    private var systemOptions: WriteOptions {
        WriteOptions(isDryRun: false, manager: "kube-apiserver", validation: .ignore, isForced: false)
    }

    private func createIfAbsent(
        _ type: ResourceType, name: String, namespace: String? = nil, _ content: JSON
    ) async {
        guard
            let definition = registry.snapshot.definition(
                group: type.group, version: type.version, plural: type.plural),
            store.object(at: definition.location(namespace: namespace, name: name)) == nil
        else { return }
        var object = content
        object["apiVersion"] = .string(type.apiVersion)
        object["kind"] = .string(type.kind)
        object.set(.string(name), at: ["metadata", "name"])
        do {
            _ = try await create(
                object, Target(definition: definition, namespace: namespace, name: nil), systemOptions)
        } catch let status as KubernetesStatus where status.reason == .alreadyExists || status.reason == .forbidden {
            // Somebody was faster, or the namespace is on its way out.
        } catch {
            logger.warning(
                "a standard object could not be made",
                metadata: ["kind": "\(type.kind)", "name": "\(name)", "error": "\(error)"])
        }
    }
}
