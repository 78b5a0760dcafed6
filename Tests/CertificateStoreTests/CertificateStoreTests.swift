import CertificateStore
import Foundation
import TestSupport
import Testing

@Suite struct CertificateStoreTests {
    private let path = "/tmp/das-certificates-\(UInt64.random(in: .min ... .max))"
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func withDirectory(_ body: (DataDirectory) async throws -> Void) async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(DataDirectory(path))
    }

    @Test func `An authority is made once and read again`() async throws {
        try await withDirectory { directory in
            let first = try CertificateAuthority.open(in: directory, now: now)
            let second = try CertificateAuthority.open(in: directory, now: now.addingTimeInterval(86400))
            #expect(first.certificatePEM == second.certificatePEM)
        }
    }

    @Test func `A serving certificate verifies against its authority for its names, and for no others`() async throws {
        try await withDirectory { directory in
            let authority = try CertificateAuthority.open(in: directory, now: Date())
            _ = try authority.servingCertificate(
                name: "server", hosts: ["127.0.0.1", "gateway.example"], in: directory, now: Date())
            func verify(_ arguments: String...) async throws -> Int32 {
                try await ChildProgram.run(
                    "/usr/bin/openssl",
                    ["verify", "-CAfile", directory.file("pki/ca.crt")] + arguments + [directory.file("pki/server.crt")]
                ).code
            }
            #expect(try await verify("-verify_hostname", "gateway.example") == 0)
            #expect(try await verify("-verify_ip", "127.0.0.1") == 0)
            #expect(try await verify("-verify_hostname", "other.example") != 0)
        }
    }

    @Test func `A serving certificate is kept, and made anew when it runs out or is for other names`() async throws {
        try await withDirectory { directory in
            let authority = try CertificateAuthority.open(in: directory, now: now)
            func certificate(_ hosts: [String], after days: Double) throws -> String {
                try authority.servingCertificate(
                    name: "server", hosts: hosts, in: directory, now: now.addingTimeInterval(days * 86400)
                ).certificatePEM
            }
            let first = try certificate(["a"], after: 0)
            #expect(try certificate(["a"], after: 100) == first)
            let renewed = try certificate(["a"], after: 340)
            #expect(renewed != first)
            #expect(try certificate(["b"], after: 340) != renewed)
        }
    }

    @Test func `Keys are readable by their owner alone`() async throws {
        try await withDirectory { directory in
            _ = try CertificateAuthority.open(in: directory, now: now)
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.file("pki/ca.key"))
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
    }

    @Test func `One owner at a time has a data directory, and the other learns who it is`() async throws {
        try await withDirectory { directory in
            let lock = try directory.lock()
            let error = #expect(throws: DataDirectoryError.self) { _ = try directory.lock() }
            #expect(error?.message.contains("in use by process \(getpid())") == true)
            withExtendedLifetime(lock) {}
        }
    }

    @Test func `A file is written as a whole`() async throws {
        try await withDirectory { directory in
            try directory.write("one", to: "folder/file")
            try directory.write("two", to: "folder/file")
            #expect(try directory.read("folder/file") == "two")
            #expect(try directory.read("folder/other") == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.file("folder")) == ["file"])
        }
    }
}
