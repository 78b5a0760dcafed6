import KubernetesModel
import StructuredData
import Testing

@Suite("Selectors")
struct SelectorTests {
    private static let labels = ["app": "web", "tier": "front", "level": "3", "empty": ""]

    @Test(
        "Label selectors in the syntax of query parameters",
        arguments: [
            ("", true), ("app=web", true), ("app==web", true), ("app=db", false), ("app!=db", true),
            ("app!=web", false), ("missing!=x", true), ("app", true), ("missing", false), ("!missing", true),
            ("! app", false), ("app in (web, db)", true), ("app in (db)", false), ("app notin (db)", true),
            ("app notin (web,db)", false), ("missing notin (a)", true), ("app=web,tier=front", true),
            ("app=web , tier = back", false), ("level>2", true), ("level>3", false), ("level<4", true),
            ("app>1", false), ("empty=", true), ("app=", false), ("app in (,web)", true), ("empty in ()", true),
        ])
    func labelSelectors(_ text: String, _ isMatch: Bool) throws {
        let selector = try LabelSelectorExpression.parse(text)
        #expect(selector.matches(Self.labels) == isMatch)
        #expect(try LabelSelectorExpression.parse(selector.description) == selector)
    }

    @Test(
        "What is no label selector is refused",
        arguments: [
            "=", "app=web,", ",app", "app in web", "app in (web", "a b", "app=we b", "-a", "a>b", "app=-x", "!",
        ])
    func malformedLabelSelectors(_ text: String) {
        #expect(throws: SelectorError.self) { try LabelSelectorExpression.parse(text) }
    }

    @Test("A selector of an object must hold in all its parts")
    func structuredSelectors() {
        #expect(LabelSelector().matches(Self.labels))
        #expect(LabelSelector(matchLabels: ["app": "web"]).matches(Self.labels))
        #expect(!LabelSelector(matchLabels: ["app": "web"]).matches(nil))
        let mixed = LabelSelector(
            matchLabels: ["app": "web"],
            matchExpressions: [
                .init(key: "tier", operator: "In", values: ["front", "back"]),
                .init(key: "tier", operator: "NotIn", values: ["back"]),
                .init(key: "level", operator: "Exists"), .init(key: "gone", operator: "DoesNotExist"),
            ])
        #expect(mixed.matches(Self.labels))
        #expect(!mixed.matches(["app": "web", "tier": "back", "level": "1"]))
    }

    @Test("A selector that is itself wrong matches nothing and says why")
    func wrongSelectors() {
        for requirement in [
            LabelSelector.Requirement(key: "app", operator: "In"),
            LabelSelector.Requirement(key: "app", operator: "Exists", values: ["web"]),
            LabelSelector.Requirement(key: "app", operator: "Is", values: ["web"]),
        ] {
            let selector = LabelSelector(matchExpressions: [requirement])
            #expect(!selector.matches(Self.labels))
            #expect(throws: SelectorError.self) { try selector.expression() }
        }
    }

    @Test(
        "Field selectors compare the texts of fields",
        arguments: [
            ("", true), ("metadata.name=a", true), ("metadata.name==a", true), ("metadata.name!=a", false),
            ("metadata.name=a,status.phase!=Running", true), ("spec.nodeName=", true), ("spec.nodeName!=", false),
            ("spec.unschedulable=false", true), ("spec.replicas=3", true), ("metadata.note=a\\,b\\=c", true),
        ])
    func fieldSelectors(_ text: String, _ isMatch: Bool) throws {
        let object: JSON = [
            "metadata": ["name": "a", "note": "a,b=c"], "spec": ["unschedulable": false, "replicas": 3],
            "status": ["phase": "Pending"],
        ]
        let selector = try FieldSelector.parse(text)
        #expect(selector.matches(object) == isMatch)
        #expect(try FieldSelector.parse(selector.description) == selector)
    }

    @Test("What is no field selector is refused", arguments: ["a", "=b", "a=b=c", "a=b\\", "!=x", "a=\\x"])
    func malformedFieldSelectors(_ text: String) {
        #expect(throws: SelectorError.self) { try FieldSelector.parse(text) }
    }

    @Test("Label keys and values follow the API's rules")
    func labelSyntax() {
        #expect(LabelSyntax.isKey("app.kubernetes.io/name") && LabelSyntax.isKey("A_b-c.d"))
        #expect(!LabelSyntax.isKey("") && !LabelSyntax.isKey("a/b/c") && !LabelSyntax.isKey("Upper.io/x"))
        #expect(!LabelSyntax.isKey(String(repeating: "x", count: 64)))
        #expect(LabelSyntax.isValue("") && LabelSyntax.isValue("v1.2_x") && !LabelSyntax.isValue("-x"))
        #expect(LabelSyntax.isSubdomain("a.b-c") && !LabelSyntax.isSubdomain("a..b"))
        #expect(LabelSyntax.isDNSLabel("a-b") && !LabelSyntax.isDNSLabel("a.b"))
    }
}
