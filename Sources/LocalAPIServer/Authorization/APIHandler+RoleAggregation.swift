import KubernetesModel
import StructuredData

/// ClusterRoles that are made of others: their rules are those of all roles that their selectors choose.
extension APIHandler {
    private static let clusterRoles = "rbac.authorization.k8s.io/clusterroles"
    /// Roles that are made of others may choose each other; this many steps are followed.
    private static let aggregationDepth = 4

    /// Brings all of them up to what is stored.
    func aggregateRoles() async {
        for _ in 0..<Self.aggregationDepth {
            var hasChanged = false
            let roles = store.objects(of: Self.clusterRoles).objects
            for role in roles {
                guard let object = unreadable.read(role),
                    let selectors = object["aggregationRule"]?["clusterRoleSelectors"]?.arrayValue
                else { continue }
                let rules = rules(chosenBy: selectors, from: roles, except: role.location)
                if object["rules"]?.arrayValue ?? [] == rules { continue }
                hasChanged = await setRules(rules, of: role.location.name) || hasChanged
            }
            if !hasChanged { return }
        }
    }

    private func rules(
        chosenBy selectors: [JSON], from roles: [StoredObject], except own: ObjectLocation
    ) -> [JSON] {
        let selectors = selectors.compactMap { try? $0.decode(LabelSelector.self) }
        var rules: [JSON] = []
        for role in roles where role.location != own && selectors.contains(where: { $0.matches(role.labels) }) {
            for rule in unreadable.read(role)?["rules"]?.arrayValue ?? [] where !rules.contains(rule) {
                rules.append(rule)
            }
        }
        return rules
    }

    private func setRules(_ rules: [JSON], of name: String) async -> Bool {
        guard
            let definition = registry.snapshot.definition(
                group: "rbac.authorization.k8s.io", version: "v1", plural: "clusterroles")
        else { return false }
        let options = WriteOptions(
            isDryRun: false, manager: "clusterrole-aggregation-controller", validation: .ignore, isForced: false)
        do {
            _ = try await modify(Target(definition: definition, namespace: nil, name: name), options) { live in
                var role = live
                role["rules"] = rules.isEmpty ? JSON?.none : .array(rules)
                return role
            }
            return true
        } catch {
            // It has gone meanwhile; whoever writes a role next looks again.
            return false
        }
    }
}
