import KubernetesModel
import StructuredData
import SwarmAPI
import SwarmOperator
import Testing

@Suite struct CachedTaskTests {
    private func object(status: JSON?) -> JSON {
        var object: JSON = [
            "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
            "metadata": [
                "name": "t", "namespace": "n", "uid": "u", "resourceVersion": "7", "generation": 3,
                "labels": ["app": "x"], "annotations": ["note": "long"], "managedFields": [["manager": "m"]],
            ],
            "spec": [
                "type": "echo", "input": ["text": "hello", "list": [1, 2.5, nil]], "priority": 2, "suspend": true,
                "ttlSecondsAfterFinished": 60,
                "inputFrom": [["path": "/a", "configMapKeyRef": ["name": "m", "key": "k"]]],
            ],
        ]
        object["status"] = status
        return object
    }

    private func cached(status: JSON? = nil) throws -> CachedTask {
        try IndexedJSON(object(status: status).serialized()).root.decode()
    }

    private let running: JSON = [
        "phase": "Running", "swarm": "s", "attempts": 1, "conditions": [["type": "Ready", "status": "False"]],
    ]

    @Test func `A task that is not in the queue yet is kept as its spec has it`() throws {
        let whole = try object(status: nil).decode(SwarmTask.self)
        for status in [nil, ["phase": "Pending", "message": "waits"], ["observedGeneration": -1]] as [JSON?] {
            let task = try cached(status: status).task()
            #expect(task.spec == whole.spec)
            #expect(try task.status == object(status: status).decode(SwarmTask.self).status)
        }
        #expect(try !cached().lacksInput)
    }

    @Test func `Of the metadata that is kept which tells objects and their versions apart`() throws {
        let metadata = try cached().metadata
        #expect(
            metadata == ObjectMeta(name: "t", namespace: "n", uid: "u", resourceVersion: "7", generation: 3))
    }

    @Test func `A task in the queue has given its input away, and keeps what its owner may change`() throws {
        let entry = try cached(status: running)
        let task = try entry.task()
        #expect(entry.lacksInput && entry.phase == .running)
        #expect(task.spec.input == nil && task.spec.inputFrom == nil)
        #expect(task.spec.priority == 2 && task.spec.suspend == true)
        #expect(try task.status == running.decode(SwarmTask.Status.self))
    }

    @Test func `Of a task that has ended its end and the way to its deletion are left`() throws {
        let task = try cached(status: [
            "phase": "Succeeded", "completionTime": "2024-01-01T00:00:00Z", "result": ["large": "x"], "attempts": 2,
        ]).task()
        #expect(task.isFinished)
        #expect(task.status?.completionTime == "2024-01-01T00:00:00Z")
        #expect(task.spec.ttlSecondsAfterFinished == 60)
        #expect(task.status?.result == nil && task.status?.attempts == nil && task.spec.input == nil)
    }

    @Test func `A tree gives the same entry as bytes`() throws {
        #expect(try object(status: running).decode(CachedTask.self) == cached(status: running))
    }
}
