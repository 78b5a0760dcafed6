/// A self-signed certificate for `localhost` and 127.0.0.1, good for a hundred years, and its key. For these tests alone.
enum TestCertificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUSxwHFzgXOtqUdqb06xP2SUvbVsYwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE5MDYxNVoYDzIxMjYxMDI5
        MTkwNjE1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAASDPhZSwoVwqK8FbZ44FV1ur8dm+EBcxjpxNieAS1ylkrSXfaqEBe5i
        idwjgR9O2U1M8FljvfoqDfA40QMXOAq7o28wbTAdBgNVHQ4EFgQU0Rdhs2VA9VJj
        0Ueove45xbBgTCIwHwYDVR0jBBgwFoAU0Rdhs2VA9VJj0Ueove45xbBgTCIwDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSAAwRQIgP8x2NzEnF/IHt6rfgTLJXokvOchtVzxF6b5Nk6sRQuECIQCS
        Y7wSKcD3shYZNiESKo8a2rsL8ZIV4XysEMykt9Nxfg==
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvBA6Z6o3y/DliW+/
        85K6ia4rdpOZFX3rTtHZKEz+mzehRANCAASDPhZSwoVwqK8FbZ44FV1ur8dm+EBc
        xjpxNieAS1ylkrSXfaqEBe5iidwjgR9O2U1M8FljvfoqDfA40QMXOAq7
        -----END PRIVATE KEY-----
        """
}
