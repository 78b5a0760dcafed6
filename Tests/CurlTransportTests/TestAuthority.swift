import Foundation
import HTTPTransport

/// A certificate authority in a temporary folder, with certificates for servers and clients, made by the `openssl` program.
final class TestAuthority: Sendable {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "curl-tls-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try authority("ca")
        try authority("other-ca")
        try certificate("loopback", subjectAltName: "IP:127.0.0.1,DNS:localhost")
        try certificate("named", subjectAltName: "DNS:api.example.invalid")
        try certificate("client", subjectAltName: "DNS:client")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ file: String) -> String { "\(folder)/\(file)" }

    func file(_ name: String) -> TLSConfiguration.Material { .file(path(name)) }

    func inline(_ name: String) throws -> TLSConfiguration.Material {
        .inline(Array(try Data(contentsOf: URL(filePath: path(name)))))
    }

    private func authority(_ name: String) throws {
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-keyout", path("\(name).key"), "-out", path("\(name).pem"))
    }

    private func certificate(_ name: String, subjectAltName: String) throws {
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=\(name)",
            "-keyout", path("\(name).key"), "-out", path("\(name).csr"))
        try "subjectAltName=\(subjectAltName)\n".write(
            toFile: path("\(name).ext"), atomically: true, encoding: .utf8)
        try openssl(
            "x509", "-req", "-in", path("\(name).csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
            "-CAcreateserial", "-days", "2", "-extfile", path("\(name).ext"), "-out", path("\(name).pem"))
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw TestServerError(message: "openssl \(arguments.joined(separator: " ")) failed")
        }
    }
}

struct TestServerError: Error {
    var message: String
}
