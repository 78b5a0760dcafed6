import KubernetesModel

/// What is read of the answer to a write.
struct WrittenObject: Decodable {
    var metadata: ObjectMeta
}
