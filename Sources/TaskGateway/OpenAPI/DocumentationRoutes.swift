import HTTPTypes
import Hummingbird
import StructuredData

/// The description of the API, for programs and for people. It holds no secret, and needs no token.
struct DocumentationRoutes {
    func add(to router: Router<GatewayContext>) {
        let document = OpenAPIDocument.json().serialized()
        router.get("openapi.json") { _, _ in Response.bytes(.ok, document) }
        router.get("docs") { _, _ in
            var response = Response.bytes(.ok, Array(DocumentationPage.html.utf8), type: "text/html; charset=utf-8")
            response.headers[.contentSecurityPolicy] =
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
            return response
        }
    }
}
