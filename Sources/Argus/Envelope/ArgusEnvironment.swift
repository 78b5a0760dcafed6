/// What Argus takes from the outside: files and the measures of cost. Argus itself reads no clock and no disk.
public struct ArgusEnvironment: Sendable {
    /// Reads the file that an input names by `"file"`. `nil`: such inputs are rejected.
    public var readFile: (@Sendable (_ path: String) throws -> [UInt8])?

    /// CPU time that the process has used so far, in milliseconds; `cost.cpuMs` is the difference between two readings.
    public var cpuMilliseconds: @Sendable () -> Double

    /// The largest amount of memory that the process has held so far, in bytes; becomes `cost.peakBytes`.
    public var peakBytes: @Sendable () -> Int

    public init(
        readFile: (@Sendable (_ path: String) throws -> [UInt8])? = nil,
        cpuMilliseconds: @escaping @Sendable () -> Double = { 0 },
        peakBytes: @escaping @Sendable () -> Int = { 0 }
    ) {
        self.readFile = readFile
        self.cpuMilliseconds = cpuMilliseconds
        self.peakBytes = peakBytes
    }
}
