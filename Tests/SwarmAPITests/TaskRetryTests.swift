import StructuredData
import SwarmAPI
import Testing

@Suite struct TaskRetryTests {
    private let old: JSON = [
        "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
        "metadata": [
            "name": "nightly", "namespace": "team", "uid": "u-1", "resourceVersion": "9", "generation": 2,
            "labels": ["desk": "fx", "app.kubernetes.io/instance": "book", "argocd.argoproj.io/instance": "book"],
            "annotations": ["kubectl.kubernetes.io/last-applied-configuration": "{}"],
            "ownerReferences": [["apiVersion": "v1", "kind": "ConfigMap", "name": "plan", "uid": "p"]],
        ],
        "spec": [
            "type": "echo", "input": ["a": 1], "priority": 3, "dependsOn": ["before"], "cancel": true,
            "suspend": true, "dedupKey": "k", "ofALaterRelease": [1, 2],
        ],
        "status": ["phase": "Cancelled"],
    ]

    @Test func `A repetition asks for the same, is owned as the old one, and says what it repeats`() {
        let new = SwarmTask.repetition(of: old)
        #expect(
            new == [
                "apiVersion": "das.brashlabs.io/v1alpha1", "kind": "SwarmTask",
                "metadata": [
                    "generateName": "nightly-retry-", "namespace": "team",
                    "labels": ["desk": "fx", "das.brashlabs.io/retry-of": "u-1"],
                    "annotations": ["das.brashlabs.io/retry-of": "nightly"],
                    "ownerReferences": [["apiVersion": "v1", "kind": "ConfigMap", "name": "plan", "uid": "p"]],
                ],
                "spec": [
                    "type": "echo", "input": ["a": 1], "priority": 3, "dependsOn": ["before"],
                    "ofALaterRelease": [1, 2],
                ],
            ], "\(new)")
    }

    @Test func `A repetition of a repetition is named for the first, and repeats the second`() {
        var second = SwarmTask.repetition(of: old)
        second["metadata"]?["name"] = "nightly-retry-x7k2p"
        second["metadata"]?["uid"] = "u-2"
        let third = SwarmTask.repetition(of: second)
        #expect(third["metadata"]?["generateName"] == "nightly-retry-")
        #expect(third["metadata"]?["labels"]?["das.brashlabs.io/retry-of"] == "u-2")
        #expect(third["metadata"]?["annotations"]?["das.brashlabs.io/retry-of"] == "nightly-retry-x7k2p")
        // One that somebody has called so is a name like others.
        var called = old
        called["metadata"]?["name"] = "pay-retry-now"
        #expect(SwarmTask.repetition(of: called)["metadata"]?["generateName"] == "pay-retry-now-retry-")
    }
}
