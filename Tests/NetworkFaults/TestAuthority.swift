import Foundation
package import HTTPTransport
import TestSupport

/// A certificate authority in a temporary folder, with certificates for servers and clients, made by the `openssl` program.
package final class TestAuthority: Sendable {
    package let folder: String

    package init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "curl-tls-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await authority("ca")
        try await authority("other-ca")
        try await certificate("loopback", subjectAltName: "IP:127.0.0.1,DNS:localhost")
        try await certificate("named", subjectAltName: "DNS:api.example.invalid")
        try await certificate("client", subjectAltName: "DNS:client")
        try await certificate("client-rsa", subjectAltName: "DNS:client-rsa", algorithm: ["rsa:2048"])
        try await certificate("loopback-of-other", subjectAltName: "IP:127.0.0.1", signedBy: "other-ca")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    package func path(_ file: String) -> String { "\(folder)/\(file)" }

    package func file(_ name: String) -> TLSConfiguration.Material { .file(path(name)) }

    package func inline(_ name: String) throws -> TLSConfiguration.Material {
        .inline(Array(try Data(contentsOf: URL(filePath: path(name)))))
    }

    private func authority(_ name: String) async throws {
        try await openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-keyout", path("\(name).key"), "-out", path("\(name).pem"))
    }

    private func certificate(
        _ name: String, subjectAltName: String, signedBy authority: String = "ca",
        algorithm: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    ) async throws {
        try await openssl(
            ["req", "-newkey"] + algorithm + [
                "-nodes", "-subj", "/CN=\(name)", "-keyout", path("\(name).key"), "-out", path("\(name).csr"),
            ])
        try "subjectAltName=\(subjectAltName)\n".write(
            toFile: path("\(name).ext"), atomically: true, encoding: .utf8)
        try await openssl(
            "x509", "-req", "-in", path("\(name).csr"), "-CA", path("\(authority).pem"), "-CAkey",
            path("\(authority).key"), "-CAcreateserial", "-days", "2", "-extfile", path("\(name).ext"), "-out",
            path("\(name).pem"))
    }

    private func openssl(_ arguments: String...) async throws { try await openssl(arguments) }

    private func openssl(_ arguments: [String]) async throws {
        let outcome = try await ChildProgram.run("openssl", arguments)
        guard outcome.code == 0 else {
            throw TestServerError(message: "openssl \(arguments.joined(separator: " ")): \(outcome.errors)")
        }
    }
}

package struct TestServerError: Error {
    package var message: String

    package init(message: String) { self.message = message }
}
