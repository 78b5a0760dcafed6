import Foundation
import Glibc
import KubernetesModel
import StructuredData
import Testing

@testable import KubernetesClient

/// Plugins at a terminal: each test is a process of its own, whose standard input is one, or is none.
@Suite struct PluginTerminalTests {
    /// A terminal without a screen: what is written to `keyboard` is typed.
    private struct Terminal {
        var keyboard: Int32
        var line: Int32

        init() throws {
            keyboard = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            var (unlock, number): (Int32, Int32) = (0, 0)
            // TIOCSPTLCK and TIOCGPTN.
            guard keyboard >= 0, ioctl(keyboard, 0x4004_5431, &unlock) == 0, ioctl(keyboard, 0x8004_5430, &number) == 0
            else { throw KubernetesClientError(.configuration, "no terminal: \(String(cString: strerror(errno)))") }
            line = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
            guard line >= 0 else { throw KubernetesClientError(.configuration, "no terminal") }
        }

        func type(_ text: String) { _ = write(keyboard, text, text.utf8.count) }
    }

    /// Whether the plugin was told that it may ask, and what it read on its standard input.
    private static func answer(_ mode: CredentialPlugin.InteractiveMode) async throws -> (isTold: Bool, read: String) {
        let folder = try TemporaryFolder()
        try folder.write(
            "plugin",
            """
            #!/bin/sh
            read -r answer
            echo "$KUBERNETES_EXEC_INFO" > \(folder.path("info"))
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'"t$answer"'"}}'
            """)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("plugin"))
        let plugin = CredentialPlugin(
            apiVersion: .v1, command: folder.path("plugin"), environment: ["PATH": "/usr/bin:/bin"],
            interactiveMode: mode)
        let output = try await PluginProcess.run(plugin)
        let credential = try PluginCredential(parsing: output, of: plugin)
        let info = try JSON.parse(Array(Data(contentsOf: URL(filePath: folder.path("info")))))
        return (info["spec"]?["interactive"] == true, String(credential.credentials.authorization?.dropFirst(8) ?? ""))
    }

    @Test func `at a terminal a plugin asks there, unless it never does`() async {
        await #expect(processExitsWith: .success) {
            let terminal = try Terminal()
            #expect(dup2(terminal.line, STDIN_FILENO) == STDIN_FILENO)
            for mode in [CredentialPlugin.InteractiveMode.always, .ifAvailable] {
                terminal.type("sesame\n")
                let answer = try await Self.answer(mode)
                #expect(answer.isTold)
                #expect(answer.read == "sesame")
            }
            terminal.type("not for you\n")
            let never = try await Self.answer(.never)
            #expect(!never.isTold)
            #expect(never.read == "")
        }
    }

    @Test func `without a terminal a plugin gets no input, and one that always asks is not run`() async {
        await #expect(processExitsWith: .success) {
            let ends = UnsafeMutablePointer<Int32>.allocate(capacity: 2)
            #expect(pipe(ends) == 0)
            #expect(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO)
            _ = write(ends[1], "not for you\n", 12)
            for mode in [CredentialPlugin.InteractiveMode.never, .ifAvailable] {
                let answer = try await Self.answer(mode)
                #expect(!answer.isTold)
                #expect(answer.read == "")
            }
            let problem = await thrown(KubernetesClientError.self) { _ = try await Self.answer(.always) }
            #expect(problem?.message.contains("asks for a terminal (interactiveMode: Always)") == true)
        }
    }
}
