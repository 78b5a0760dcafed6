import KubernetesModel
import StructuredData
import Testing

@testable import ProcessNode

@Suite("What a node says of itself")
struct NodeDescriptionTests {
    private let machine = Machine(
        processors: 2, memory: 1 << 30, availableMemory: 1 << 29, disk: 1 << 40, availableDisk: 1 << 39,
        processCount: 10,
        processLimit: 1000, machineID: "m", bootID: "b", kernelVersion: "6.1", systemName: "Linux", hostname: "laptop")

    /// An API server goes to a host name first, and would look for one that nobody knows in vain.
    @Test("A node is found by its address, and by a host name only where its machine has that name")
    func addresses() throws {
        let own: JSON = ["type": "InternalIP", "address": "127.0.0.1"]
        #expect(try addresses(of: "node-1") == [["$patch": "replace"], own])
        #expect(
            try addresses(of: "laptop") == [["$patch": "replace"], own, ["type": "Hostname", "address": "laptop"]])
    }

    private func addresses(of name: String) throws -> JSON? {
        let node = NodeDescription(
            name: name, address: "127.0.0.1", port: 10250, runtime: "process://1", capacity: [:], message: "")
        return try node.status(known: [], machine: machine, version: "v1.36.0", now: "2026-01-01T00:00:00Z")[
            "addresses"]
    }
}
