import HTTPTransport
import Testing

@Suite struct ProxyRulesTests {
    private func proxy(_ url: String, _ environment: [String: String]) throws -> String? {
        try ProxyRules(environment: environment).proxy(for: url)
    }

    @Test func `the scheme of the URL chooses the variable, capitals first`() throws {
        let both = ["HTTPS_PROXY": "http://secure:1", "HTTP_PROXY": "http://plain:2"]
        #expect(try proxy("https://host/", both) == "http://secure:1")
        #expect(try proxy("http://host/", both) == "http://plain:2")
        #expect(try proxy("https://host/", ["HTTP_PROXY": "http://plain:2"]) == nil)
        #expect(try proxy("https://host/", ["https_proxy": "http://small:1"]) == "http://small:1")
        #expect(
            try proxy("https://host/", ["https_proxy": "http://small:1", "HTTPS_PROXY": "http://big:1"])
                == "http://big:1")
        #expect(try proxy("https://host/", ["https_proxy": "http://small:1", "HTTPS_PROXY": ""]) == "http://small:1")
        #expect(try proxy("https://host/", ["ALL_PROXY": "http://all:1"]) == nil)
    }

    @Test func `a CGI program does not trust HTTP_PROXY, which may be a client's header`() throws {
        let environment = ["HTTP_PROXY": "http://evil:1", "HTTPS_PROXY": "http://good:1", "REQUEST_METHOD": "GET"]
        #expect(try proxy("http://host/", environment) == nil)
        #expect(try proxy("https://host/", environment) == "http://good:1")
    }

    @Test(arguments: [
        ("proxy:3128", "http://proxy:3128"), ("proxy", "http://proxy"), ("HTTP://Proxy:3128/", "http://Proxy:3128"),
        ("https://proxy", "https://proxy"), ("socks5://user:p%40ss@proxy:1080", "socks5://user:p%40ss@proxy:1080"),
        ("socks5h://[::1]:1080", "socks5h://[::1]:1080"),
    ])
    func `a proxy is a URL, of http where it does not say`(text: String, url: String) throws {
        #expect(try proxy("https://host/", ["HTTPS_PROXY": text]) == url)
    }

    @Test(arguments: ["ftp://proxy", "http://", "http://:80", "http://a b", "socks4://proxy", "http://user:secret@"])
    func `what is no proxy is refused by the name of its variable, without its password`(text: String) {
        let error = #expect(throws: HTTPTransportError.self) { try ProxyRules(environment: ["https_proxy": text]) }
        #expect(error?.message.hasPrefix("https_proxy is ") == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test(arguments: [
        // Names: themselves and what is below them.
        ("example.com", "example.com", true), ("example.com", "api.example.com", true),
        ("example.com", "EXAMPLE.com", true),
        ("example.com", "badexample.com", false), ("example.com", "example.org", false),
        // With a dot or a star, only what is below.
        (".example.com", "example.com", false), (".example.com", "api.example.com", true),
        ("*.example.com", "example.com", false), ("*.example.com", "api.example.com", true),
        // Ports.
        ("example.com:8443", "example.com:8443", true), ("example.com:8443", "example.com", false),
        ("example.com:443", "example.com", true), ("10.0.0.1:8443", "10.0.0.1:8443", true),
        ("10.0.0.1:8443", "10.0.0.1:443", false), ("[fd00::1]:8443", "[fd00::1]:8443", true),
        // Addresses and blocks.
        ("10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "10.0.0.2", false), ("10.0.0.0/8", "10.200.0.1:6443", true),
        ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.0/9", "10.128.0.0", false), ("10.0.0.0/9", "10.127.255.255", true),
        ("fd00::1", "[FD00:0::1]", true), ("fd00::/8", "[fdff::1]", true), ("fd00::/8", "[fe00::1]", false),
        ("::ffff:10.0.0.1", "10.0.0.1", true), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "[fd00::1]", false),
        ("10.0.0.0/33", "10.0.0.1", false),
        // Names are not resolved, and an address is no name.
        ("10.0.0.0/8", "ten.example.com", false), ("0.1", "10.0.0.1", false),
        // Lists, and everything.
        (" a.com , example.com ,,", "example.com", true), ("*", "anything.org", true), ("*", "9.9.9.9", true),
        ("a.com,*", "example.com", true), ("", "example.com", false), (",", "example.com", false),
        (":80", "example.com", false),
    ])
    func `NO_PROXY lists what is reached directly`(list: String, authority: String, isDirect: Bool) throws {
        let found = try proxy("https://\(authority)/x", ["HTTPS_PROXY": "http://proxy:1", "NO_PROXY": list])
        #expect(found == (isDirect ? nil : "http://proxy:1"))
        let small = try proxy("https://\(authority)/x", ["https_proxy": "http://proxy:1", "no_proxy": list])
        #expect(small == found)
    }

    @Test(arguments: ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.1.2.3:6443", "[::1]:6443"])
    func `loopback goes through no proxy of the environment, but through one that is named for everything`(
        authority: String
    ) throws {
        let url = "https://\(authority)/"
        #expect(try proxy(url, ["HTTPS_PROXY": "http://proxy:1"]) == nil)
        #expect(try ProxyRules(always: "http://proxy:1").proxy(for: url) == "http://proxy:1")
        #expect(try ProxyRules(always: "http://proxy:1").proxy(for: "http://\(authority)") == "http://proxy:1")
    }

    @Test func `rules without a proxy are no rules`() throws {
        #expect(try ProxyRules(environment: [:]) == .none)
        #expect(try ProxyRules(environment: ["NO_PROXY": "*"]) == .none)
        #expect(try ProxyRules.none.proxy(for: "https://host") == nil)
        #expect(try ProxyRules.none != ProxyRules(environment: ["HTTPS_PROXY": "http://proxy:1"]))
    }

    @Test(arguments: [
        ("1.2.3", false), ("1.2.3.4.5", false), ("01.2.3.4", false), ("256.1.1.1", false), ("::", true), ("1::", true),
        ("1:2:3:4:5:6:7:8", true), ("1:2:3:4:5:6:7:8:9", false), ("1::2::3", false), ("12345::", false), (":1", false),
        ("::1.2.3.4", true), ("::+1", false),
    ])
    func `a text is an address or a name`(text: String, isAddress: Bool) throws {
        // An entry that is an address does not cover what is below it.
        let authority = text.contains(":") ? "[\(text)]" : text
        let below = try proxy(
            "https://x.\(text.contains(":") ? "y" : text)/", ["HTTPS_PROXY": "p:1", "NO_PROXY": text])
        let itself = try proxy("https://\(authority)/", ["HTTPS_PROXY": "p:1", "NO_PROXY": text])
        if isAddress { #expect(itself == nil) }
        if !text.contains(":") { #expect((below == nil) != isAddress) }
    }

    @Test(arguments: [
        ("das-operator", "0.1.0", "das-operator/0.1.0 ("), ("/usr/bin/tool", nil, "tool/unknown ("),
        ("", nil, "dynamic-agent-swarms/unknown ("), ("a tool/", "1 (x)", "a-tool/1--x- ("),
    ])
    func `a user agent names program, version, platform and library`(
        program: String, version: String?, start: String
    ) {
        let text = UserAgent.text(program: program, version: version)
        #expect(text.hasPrefix(start))
        #expect(text.wholeMatch(of: /[^ ]+\/[^ ]+ \([a-z]+\/[a-z0-9]+\) dynamic-agent-swarms/) != nil)
    }
}
