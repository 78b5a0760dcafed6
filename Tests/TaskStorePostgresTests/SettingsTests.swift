import TaskQueue
import Testing

@testable import TaskStorePostgres

@Suite struct SettingsTests {
    private func value(_ keyword: String, _ url: String, _ environment: [String: String] = [:]) throws -> String? {
        try ConnectionSettings(url: url, environment: environment).parameters.first { $0.keyword == keyword }?.value
    }

    @Test(
        "Beyond this machine the connection is encrypted unless the URL says otherwise",
        arguments: [
            ("postgres://das@db.example/das", "require"),
            ("postgres://das@db.example/das?sslmode=disable", "disable"),
            ("postgres://das@db.example/das?sslrootcert=/ca.pem", "verify-full"),
            ("postgres://das@localhost,db.example/das", "require"),
            ("postgres://das@localhost/das", nil),
            ("postgres://das@127.0.0.1:5433/das", nil),
            ("postgres://das@[::1]/das", nil),
            ("postgres:///das?host=/run/postgresql", nil),
            ("postgres:///das", nil),
            ("postgresql://das@10.0.0.7/das?sslmode=verify-ca", "verify-ca"),
        ])
    func encrypts(url: String, mode: String?) throws {
        #expect(try value("sslmode", url) == mode)
    }

    @Test("What the URL leaves out is taken from libpq's variables")
    func readsTheEnvironment() throws {
        #expect(try value("sslmode", "postgres:///das", ["PGHOST": "db.example"]) == "require")
        #expect(
            try value("sslmode", "postgres:///das", ["PGHOST": "db.example", "PGSSLMODE": "disable"]) == nil,
            "libpq takes the variable itself")
        #expect(try value("connect_timeout", "postgres:///das", ["PGCONNECT_TIMEOUT": "7"]) == "7")
    }

    @Test("The URL's own parameters go to libpq as they are")
    func passesOn() throws {
        let url = "postgres://das:p%40ss@db.example:5433/das?application_name=mine&tcp_user_timeout=3000"
        #expect(try value("application_name", url) == "mine")
        #expect(try value("tcp_user_timeout", url) == "3000")
        #expect(try value("port", url) == "5433")
        #expect(try value("password", url) == "p@ss")
    }

    @Test("The password is in no description and in no error")
    func hidesThePassword() throws {
        let settings = try ConnectionSettings(url: "postgres://das:hidden@db.example:5433/das", environment: [:])
        #expect(settings.description == "postgres://das@db.example:5433/das")
        for url in ["postgres://das:hid%zzden@db.example/das", "postgres://das:hidden@db.example/das?nonsense=1"] {
            let error = #expect(throws: TaskStoreError.self) { try ConnectionSettings(url: url, environment: [:]) }
            #expect(error?.message.contains("hid") == false, "\(error?.message ?? "")")
            #expect(error?.message.contains("postgres://USER@HOST") == true)
        }
    }

    @Test("An unencrypted connection to elsewhere is known for what it is")
    func knowsUnprotected() throws {
        func isUnprotected(_ url: String) throws -> Bool {
            try ConnectionSettings(url: url, environment: [:]).isUnprotected
        }
        #expect(try isUnprotected("postgres://das@db.example/das?sslmode=prefer"))
        #expect(try !isUnprotected("postgres://das@db.example/das"))
        #expect(try !isUnprotected("postgres://das@127.0.0.1/das?sslmode=disable"))
    }
}
