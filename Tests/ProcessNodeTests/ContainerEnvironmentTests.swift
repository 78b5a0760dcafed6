import KubernetesModel
import Testing

@testable import ProcessNode

@Suite("A container's environment")
struct ContainerEnvironmentTests {
    private func resolve(
        _ variables: [EnvVar], from sources: [EnvFromSource] = [], objects: ReferencedObjects = ReferencedObjects()
    ) throws -> [String: String] {
        var pod = Pod.shell("true")
        pod.metadata.annotations = ["note": "hello"]
        pod.spec.serviceAccountName = "robot"
        pod.spec.containers[0].env = variables
        pod.spec.containers[0].envFrom = sources
        return try ContainerEnvironment(
            pod: pod, container: pod.spec.containers[0], objects: objects, place: .here, base: ["PATH": "/bin"]
        ).resolve()
    }

    private func field(_ path: String) -> EnvVar {
        EnvVar(name: "X", valueFrom: EnvVarSource(fieldRef: ObjectFieldSelector(fieldPath: path)))
    }

    @Test("$(NAME) takes earlier variables; unknown names stay, $$ escapes")
    func expansion() throws {
        let variables = try resolve([
            EnvVar(name: "A", value: "1"), EnvVar(name: "B", value: "$(A)-$(C)-$$(A)-$A"),
            EnvVar(name: "C", value: "$(B)$(PATH)"),
        ])
        #expect(variables["B"] == "1-$(C)-$(A)-$A")
        #expect(variables["C"] == "1-$(C)-$(A)-$A/bin")
    }

    @Test(
        "a fieldRef takes what pods can see of themselves",
        arguments: [
            ("metadata.name", "pod"), ("metadata.namespace", "n"), ("metadata.uid", "uid"),
            ("metadata.labels['app']", "x"), ("metadata.annotations['note']", "hello"),
            ("metadata.labels['absent']", ""), ("spec.nodeName", "node"), ("spec.serviceAccountName", "robot"),
            ("status.podIP", "127.9.9.9"), ("status.hostIP", "127.0.0.1"),
        ])
    func fields(path: String, value: String) throws {
        #expect(try resolve([field(path)])["X"] == value)
    }

    @Test("a fieldRef to anything else is an error that names it")
    func unknownField() {
        #expect {
            try resolve([field("spec.containers")])
        } throws: {
            "\($0)".contains("spec.containers")
        }
    }

    @Test("keys of config maps and secrets, alone and all together")
    func objects() throws {
        var objects = ReferencedObjects()
        objects.configMaps["map"] = ConfigMap(metadata: ObjectMeta(name: "map"), data: ["key": "value", "other": "2"])
        objects.secrets["secret"] = Secret(
            metadata: ObjectMeta(name: "secret"), data: ["password": Secret.encode(Array("hush".utf8))])
        let variables = try resolve(
            [
                EnvVar(name: "M", valueFrom: EnvVarSource(configMapKeyRef: KeySelector(name: "map", key: "key"))),
                EnvVar(name: "S", valueFrom: EnvVarSource(secretKeyRef: KeySelector(name: "secret", key: "password"))),
                EnvVar(
                    name: "O",
                    valueFrom: EnvVarSource(configMapKeyRef: KeySelector(name: "absent", key: "k", optional: true))),
            ],
            from: [
                EnvFromSource(prefix: "P_", configMapRef: EnvSource(name: "map")),
                EnvFromSource(secretRef: EnvSource(name: "secret")),
                EnvFromSource(configMapRef: EnvSource(name: "absent", optional: true)),
            ], objects: objects)
        #expect(variables["M"] == "value")
        #expect(variables["S"] == "hush")
        #expect(variables["O"] == nil)
        #expect(variables["P_other"] == "2")
        #expect(variables["password"] == "hush")
    }

    @Test("what is missing and not optional is named")
    func missing() {
        let key = EnvVar(name: "M", valueFrom: EnvVarSource(configMapKeyRef: KeySelector(name: "map", key: "key")))
        #expect(throws: ProcessNodeError(.containerConfiguration, "config map \"map\" not found")) {
            try resolve([key])
        }
        var objects = ReferencedObjects()
        objects.configMaps["map"] = ConfigMap(metadata: ObjectMeta(name: "map"))
        #expect(throws: ProcessNodeError(.containerConfiguration, "couldn't find key key in config map n/map")) {
            try resolve([key], objects: objects)
        }
    }

    @Test("paths below a mount are rewritten where they begin a value, the longest mount first")
    func mountedPaths() {
        var container = Container(name: "main")
        container.volumeMounts = [
            VolumeMount(name: "data", mountPath: "/data/"), VolumeMount(name: "token", mountPath: "/data/token"),
            VolumeMount(name: "file", mountPath: "/etc/app.conf", subPath: "app.conf"),
        ]
        let paths = MountedPaths(container, directories: ["data": "/v/data", "token": "/v/token", "file": "/v/file"])
        #expect(paths.rewrite("/data/a/b") == "/v/data/a/b")
        #expect(paths.rewrite("/data") == "/v/data")
        #expect(paths.rewrite("/data/token/x") == "/v/token/x")
        #expect(paths.rewrite("/etc/app.conf") == "/v/file/app.conf")
        #expect(paths.rewrite("/database") == "/database")
        #expect(paths.rewrite("see /data") == "see /data")
        #expect(paths.rewriteArgument("--file=/data/x") == "--file=/v/data/x")
        #expect(paths.rewriteArgument("name=/data/x") == "name=/data/x")
    }
}
