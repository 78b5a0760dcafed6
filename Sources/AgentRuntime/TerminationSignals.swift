import Glibc
import SystemThreads

/// SIGTERM and SIGINT as calls, on a thread of their own.
public enum TerminationSignals {
    /// Calls `onSignal` for each signal that asks the process to end, instead of ending it. To be called before the process
    /// has started any other thread that outlives the call, since threads inherit what is blocked.
    public static func handle(_ onSignal: @escaping @Sendable (_ name: String) -> Void) throws {
        signal(SIGPIPE, SIG_IGN)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        try OSThread.start("das-signals") {
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGTERM)
            sigaddset(&signals, SIGINT)
            while true {
                var number: Int32 = 0
                if sigwait(&signals, &number) == 0 { onSignal(number == SIGTERM ? "SIGTERM" : "SIGINT") }
            }
        }
    }
}
