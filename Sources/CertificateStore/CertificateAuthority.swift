import Crypto
package import Foundation
import SwiftASN1
import X509

/// The authority of one local cluster: a P-256 key and a self-signed certificate, made once and kept in the data directory.
package struct CertificateAuthority: Sendable {
    package let certificatePEM: String
    /// The key, PEM: a secret.
    package let keyPEM: String
    private let certificate: Certificate
    private let key: Certificate.PrivateKey

    private static let validityYears = 10
    private static let leafValidityDays = 365
    /// A kept leaf certificate is replaced when it has less than this left.
    private static let renewBeforeDays = 60

    /// An authority that was kept.
    package init(certificatePEM: String, keyPEM: String) throws {
        certificate = try Certificate(pemEncoded: certificatePEM)
        key = try Certificate.PrivateKey(pemEncoded: keyPEM)
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
    }

    /// Makes a new authority, which is kept nowhere.
    package static func make(now: Date) throws -> CertificateAuthority {
        let privateKey = P256.Signing.PrivateKey()
        let key = Certificate.PrivateKey(privateKey)
        let name = try DistinguishedName { CommonName("das local cluster \(UUID().uuidString.prefix(8))") }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(Double(validityYears) * 365 * 86400), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            },
            issuerPrivateKey: key)
        return try CertificateAuthority(
            certificatePEM: try certificate.serializeAsPEM().pemString + "\n",
            keyPEM: privateKey.pemRepresentation + "\n")
    }

    /// Reads the authority from `directory`, or makes one there.
    package static func open(in directory: DataDirectory, now: Date) throws -> CertificateAuthority {
        if let certificate = try directory.read("pki/ca.crt"), let key = try directory.read("pki/ca.key") {
            return try CertificateAuthority(certificatePEM: certificate, keyPEM: key)
        }
        let authority = try make(now: now)
        try directory.write(authority.keyPEM, to: "pki/ca.key", secret: true)
        try directory.write(authority.certificatePEM, to: "pki/ca.crt")
        return authority
    }

    /// A serving certificate for `hosts`, kept in `directory` under `name` and made anew when it runs out, or when it was
    /// made for other hosts.
    package func servingCertificate(
        name: String, hosts: [String], in directory: DataDirectory, now: Date
    ) throws -> ServingCertificate {
        let hostsFile = "pki/\(name).hosts"
        let hostsText = hosts.joined(separator: "\n") + "\n"
        if let certificate = try directory.read("pki/\(name).crt"), let key = try directory.read("pki/\(name).key"),
            try directory.read(hostsFile) == hostsText,
            try Certificate(pemEncoded: certificate).notValidAfter
                > now.addingTimeInterval(Double(Self.renewBeforeDays) * 86400)
        {
            return ServingCertificate(certificatePEM: certificate, keyPEM: key)
        }
        let made = try servingCertificate(name: name, hosts: hosts, now: now)
        try directory.write(made.keyPEM, to: "pki/\(name).key", secret: true)
        try directory.write(made.certificatePEM, to: "pki/\(name).crt")
        try directory.write(hostsText, to: hostsFile)
        return made
    }

    /// A serving certificate for `hosts`, made anew each time.
    package func servingCertificate(name: String, hosts: [String], now: Date) throws -> ServingCertificate {
        try makeCertificate(commonName: name, hosts: hosts, usage: .serverAuth, now: now)
    }

    /// A certificate with which a client shows who it is; made anew each time.
    package func clientCertificate(name: String, now: Date) throws -> ServingCertificate {
        try makeCertificate(commonName: name, hosts: [name], usage: .clientAuth, now: now)
    }

    private func makeCertificate(
        commonName: String, hosts: [String], usage: ExtendedKeyUsage.Usage, now: Date
    ) throws -> ServingCertificate {
        let privateKey = P256.Signing.PrivateKey()
        let leaf = Certificate.PrivateKey(privateKey)
        let names: [GeneralName] = hosts.map { host in
            if let address = IPv4Address.bytes(host) { return .ipAddress(ASN1OctetString(contentBytes: address[...])) }
            return .dnsName(host)
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: leaf.publicKey,
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(Double(Self.leafValidityDays) * 86400), issuer: certificate.subject,
            subject: try DistinguishedName { CommonName(commonName) }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([usage])
                SubjectAlternativeNames(names)
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: key.publicKey).keyIdentifier)
            },
            issuerPrivateKey: key)
        return ServingCertificate(
            certificatePEM: try certificate.serializeAsPEM().pemString + "\n",
            keyPEM: privateKey.pemRepresentation + "\n")
    }
}

/// A certificate and its key, PEM.
package struct ServingCertificate: Sendable {
    package var certificatePEM: String
    package var keyPEM: String
}

enum IPv4Address {
    /// The four bytes of a dotted address; `nil` for anything else.
    static func bytes(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { UInt8($0) }
        return bytes.count == 4 ? bytes : nil
    }
}
