import StructuredData
import SwarmAPI
import TestSupport
import Testing

@Suite("CustomResourceDefinitions as files")
struct DefinitionTests {
    @Test("CRDs/ and the chart hold what the code says", arguments: ["CRDs", "Charts/dynamic-agent-swarms/crds"])
    func files(folder: String) throws {
        let found = try Checkout.files(in: folder).filter { $0 != "kustomization.yaml" }
        #expect(Set(found) == Set(CustomResourceDefinitions.files.map(\.name)))
        for (name, definition) in CustomResourceDefinitions.files {
            let text = try Checkout.text(of: "\(folder)/\(name)")
            #expect(text == YAML.serialize(definition), "\(folder)/\(name) is out of step; run: make crds")
        }
    }

    @Test("The kustomization of CRDs/ names every definition")
    func kustomization() throws {
        let text = try Checkout.text(of: "CRDs/kustomization.yaml")
        let resources = try YAML.parse(text).first?["resources"]?.arrayValue?.compactMap(\.stringValue)
        #expect(Set(resources ?? []) == Set(CustomResourceDefinitions.files.map(\.name)))
    }
}
