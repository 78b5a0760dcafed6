/// The folder that these tests were built from.
package enum Checkout {
    package static let root: String = {
        // …/Tests/TestSupport/Checkout.swift
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    }()
}
