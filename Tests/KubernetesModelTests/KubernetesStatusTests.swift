import KubernetesModel
import StructuredData
import Testing

@Suite("Statuses")
struct KubernetesStatusTests {
    private let widgets = ResourceType(
        group: "rec.example.com", version: "v1", kind: "Widget", plural: "widgets", namespaced: true)

    @Test("Statuses are what a real API server answers")
    func wireForm() throws {
        #expect(
            try JSON(encoding: KubernetesStatus.notFound(widgets, "a")) == [
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
                "message": "widgets.rec.example.com \"a\" not found", "reason": "NotFound",
                "details": ["name": "a", "group": "rec.example.com", "kind": "widgets"], "code": 404,
            ])
        #expect(
            try JSON(encoding: KubernetesStatus.alreadyExists(Namespace.resource, "rec")) == [
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
                "message": "namespaces \"rec\" already exists", "reason": "AlreadyExists",
                "details": ["name": "rec", "kind": "namespaces"], "code": 409,
            ])
        #expect(
            KubernetesStatus.forbidden(
                ConfigMap.resource, message: "User \"limited\" cannot list resource \"configmaps\""
            ).message == "configmaps is forbidden: User \"limited\" cannot list resource \"configmaps\"")
        #expect(
            try JSON(encoding: KubernetesStatus.deleted(widgets, "d", uid: "u")) == [
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
                "details": ["name": "d", "group": "rec.example.com", "kind": "widgets", "uid": "u"],
            ])
    }

    @Test("Validation errors list their causes")
    func invalid() {
        let one = KubernetesStatus.invalid(widgets, "x", causes: [.required("spec")])
        #expect(one.message == "Widget.rec.example.com \"x\" is invalid: spec: Required value")
        #expect(one.code == 422 && one.details?.kind == "Widget")
        let two = KubernetesStatus.invalid(
            widgets, "x",
            causes: [
                .tooMany("spec.tags", count: 4, maximum: 3),
                .notSupported("spec.colour", value: "\"pink\"", supported: ["red", "green"]),
            ])
        #expect(
            two.message == "Widget.rec.example.com \"x\" is invalid: [spec.tags: Too many: 4: must have at most 3 "
                + "items, spec.colour: Unsupported value: \"pink\": supported values: \"red\", \"green\"]")
    }

    @Test("A status survives coding, and one with little in it can be read")
    func coding() throws {
        let status = KubernetesStatus.expired("too old", continue: "token")
        #expect(try JSON(encoding: status).decode(KubernetesStatus.self) == status)
        let bare = try (["kind": "Status", "code": 500] as JSON).decode(KubernetesStatus.self)
        #expect(!bare.isSuccess && bare.reason == .unknown && !bare.description.isEmpty)
        #expect(try (["status": "Success"] as JSON).decode(KubernetesStatus.self).isSuccess)
    }
}
