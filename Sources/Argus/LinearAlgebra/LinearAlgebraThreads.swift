/// The threads of the library that matrices are calculated with.
public enum LinearAlgebraThreads {
    /// Ends the threads that the library starts as the program is loaded; calculations need none of them.
    ///
    /// A program that blocks signals, so that one thread of its own takes them, calls this first: a thread that was there before
    /// leaves them open, and a signal that reaches it ends the program.
    public static func end() { precondition(OpenBLAS.isReady) }
}
