import Hummingbird
import Logging
import TaskProtocol

/// Turns what a route throws into problem+json.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    let core: GatewayCore

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            core.storeFailed(error)
            let problem = Problems.of(error)
            if problem.status >= 500 {
                context.logger.error(
                    "call failed",
                    metadata: [
                        "path": .string(request.uri.path), "code": .string(problem.code.rawValue),
                        "error": .string("\(error)"),
                    ])
            }
            return .problem(problem)
        }
    }
}

/// Lets nobody in whom the authenticator does not know.
struct AuthenticationMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    let authenticator: any Authenticator

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let header = request.headers[.authorization] else {
            throw Problems.unauthenticated("the call needs a header Authorization: Bearer <token>")
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw Problems.unauthenticated("the Authorization header must be of the form Bearer <token>")
        }
        let bearer = String(parts[1])
        let identity: Identity?
        do {
            identity = try await authenticator.authenticate(bearer: bearer)
        } catch {
            context.logger.warning("cannot authenticate", metadata: ["error": .string("\(error)")])
            throw Problems.unavailable("the token cannot be checked now")
        }
        guard let identity else {
            throw Problems.unauthenticated("the token is not valid, or not any more; get a new one")
        }
        var context = context
        context.caller = GatewayContext.Caller(identity: identity, bearer: bearer)
        return try await next(request, context)
    }
}
