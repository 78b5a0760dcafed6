import ControllerRuntime
import Testing

@Suite("The reflector's state machine")
struct ReflectorMachineTests {
    private func machine() -> ReflectorMachine { ReflectorMachine(seed: 1) }

    private func listed(version: String = "10") -> ReflectorMachine {
        var machine = machine()
        _ = machine.handle(.started)
        _ = machine.handle(.page(resourceVersion: version, continueToken: nil))
        return machine
    }

    private func watchVersion(_ actions: [ReflectorMachine.Action]) -> String? {
        for case .watch(let version, _) in actions { return version }
        return nil
    }

    private func pause(_ actions: [ReflectorMachine.Action]) -> Duration? {
        for case .wait(let pause) in actions { return pause }
        return nil
    }

    @Test("lists page by page, and watches from the list's version only when the list is complete")
    func pages() {
        var machine = machine()
        #expect(machine.handle(.started) == [.discardPages, .list(limit: 500, continueToken: nil)])
        #expect(machine.resumeVersion == nil)
        #expect(
            machine.handle(.page(resourceVersion: "10", continueToken: "next"))
                == [.list(limit: 500, continueToken: "next")])
        #expect(machine.resumeVersion == nil)
        let actions = machine.handle(.page(resourceVersion: "10", continueToken: ""))
        #expect(actions.first == .commit(resourceVersion: "10"))
        #expect(watchVersion(actions) == "10")
    }

    @Test("each watch is asked to end after a random time between 180 and 220 s")
    func timeouts() {
        var seen: Set<Int> = []
        var machine = listed()
        for _ in 0..<50 {
            for case .watch(_, let seconds) in machine.handle(.watchClosed(lasted: .seconds(200))) {
                #expect((180...220).contains(seconds))
                seen.insert(seconds)
            }
        }
        #expect(seen.count > 10)
    }

    @Test("a watch that the server closes is resumed at once from the last version seen")
    func resumes() {
        var machine = listed()
        #expect(machine.handle(.changed(resourceVersion: "11")).isEmpty)
        #expect(machine.handle(.bookmark(resourceVersion: "17")).isEmpty)
        let actions = machine.handle(.watchClosed(lasted: .milliseconds(5)))
        #expect(watchVersion(actions) == "17")
        #expect(pause(actions) == nil)
    }

    @Test("a server that closes every watch at once with nothing seen is given growing pauses")
    func hastyServer() throws {
        var machine = listed()
        var pauses: [Duration] = []
        for _ in 0..<8 {
            pauses.append(try #require(pause(machine.handle(.watchClosed(lasted: .milliseconds(1))))))
            #expect(watchVersion(machine.handle(.waited)) == "10")
        }
        #expect(pauses[0] >= .milliseconds(400) && pauses[0] <= .milliseconds(800))
        #expect(pauses[7] >= .seconds(15) && pauses[7] <= .seconds(30))
    }

    @Test("a broken connection keeps the version and does not list again")
    func brokenConnection() {
        var machine = listed()
        _ = machine.handle(.changed(resourceVersion: "12"))
        let actions = machine.handle(.watchFailed(.other, lasted: .seconds(3)))
        #expect(actions.count == 1 && pause(actions) != nil)
        #expect(watchVersion(machine.handle(.waited)) == "12")
    }

    @Test("410 is never tried again from the same version: it lists anew, after a jitter")
    func expired() throws {
        var machine = listed()
        _ = machine.handle(.changed(resourceVersion: "12"))
        let jitter = try #require(pause(machine.handle(.watchFailed(.expired, lasted: .seconds(3)))))
        #expect(jitter <= .seconds(1))
        #expect(machine.resumeVersion == nil)
        #expect(machine.handle(.waited) == [.discardPages, .list(limit: 500, continueToken: nil)])
    }

    @Test("a server that expires each watch as soon as it is listed is given growing pauses")
    func expiringServer() throws {
        var machine = listed()
        var last = Duration.zero
        for _ in 0..<8 {
            last = try #require(pause(machine.handle(.watchFailed(.expired, lasted: .zero))))
            _ = machine.handle(.waited)
            _ = machine.handle(.page(resourceVersion: "10", continueToken: nil))
        }
        #expect(last >= .seconds(15))
    }

    @Test("a continue token that expired starts the list over, by pages, and only as the last resort in one piece")
    func expiredToken() {
        var machine = machine()
        var actions = machine.handle(.started)
        for _ in 0...2 {
            #expect(actions == [.discardPages, .list(limit: 500, continueToken: nil)])
            _ = machine.handle(.page(resourceVersion: "10", continueToken: "next"))
            #expect(pause(machine.handle(.listFailed(.expired))) != nil)
            actions = machine.handle(.waited)
        }
        #expect(actions == [.discardPages, .list(limit: nil, continueToken: nil)])
        actions = machine.handle(.page(resourceVersion: "11", continueToken: nil))
        #expect(actions.first == .commit(resourceVersion: "11"))
    }

    @Test("a list that was completed lets the next one expire as often")
    func expiredTokenAfterAList() {
        var machine = machine()
        _ = machine.handle(.started)
        for _ in 0..<5 {
            _ = machine.handle(.page(resourceVersion: "10", continueToken: "next"))
            _ = machine.handle(.listFailed(.expired))
            #expect(machine.handle(.waited) == [.discardPages, .list(limit: 500, continueToken: nil)])
            _ = machine.handle(.page(resourceVersion: "10", continueToken: nil))
            _ = machine.handle(.watchFailed(.expired, lasted: .zero))
            #expect(machine.handle(.waited) == [.discardPages, .list(limit: 500, continueToken: nil)])
        }
    }

    @Test("a page that failed otherwise is asked for again, and the pages before it are kept")
    func failedPage() {
        var machine = machine()
        _ = machine.handle(.started)
        _ = machine.handle(.page(resourceVersion: "10", continueToken: "next"))
        #expect(pause(machine.handle(.listFailed(.other))) != nil)
        #expect(machine.handle(.waited) == [.list(limit: 500, continueToken: "next")])
    }

    @Test("a version too large for the server is tried a few times, then listed anew")
    func tooLarge() {
        var machine = listed()
        for _ in 0..<3 {
            #expect(pause(machine.handle(.watchFailed(.tooLarge, lasted: .zero))) != nil)
            #expect(watchVersion(machine.handle(.waited)) == "10")
        }
        #expect(pause(machine.handle(.watchFailed(.tooLarge, lasted: .zero))) != nil)
        #expect(machine.handle(.waited).last == .list(limit: 500, continueToken: nil))
    }

    @Test("what the server asks for as Retry-After is waited for exactly")
    func retryAfter() {
        var machine = listed()
        #expect(machine.handle(.watchFailed(.retryAfter(.seconds(7)), lasted: .zero)) == [.wait(.seconds(7))])
    }

    @Test("progress resets the pauses")
    func resets() throws {
        var machine = listed()
        for _ in 0..<8 {
            _ = machine.handle(.watchFailed(.other, lasted: .zero))
            _ = machine.handle(.waited)
        }
        _ = machine.handle(.changed(resourceVersion: "11"))
        let first = try #require(pause(machine.handle(.watchFailed(.other, lasted: .zero))))
        #expect(first <= .milliseconds(800))
    }
}
