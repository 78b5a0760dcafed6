"""HTTPS on a port of this machine: each call is one of `answer`'s, on a thread of its connection."""
import http.server
import json
import socket
import ssl
import threading
from typing import Callable, NamedTuple, Optional


class Call(NamedTuple):
    """A call as it came."""
    path: str
    body: dict
    token: str


class Answer(NamedTuple):
    """What a call is answered with; `status` None: nothing, the connection is cut."""
    status: Optional[int]
    body: Optional[dict] = None
    headers: dict = {}


class Server:
    """Listens from `start` to `stop`, at the same port each time."""

    def __init__(self, certificate: str, key: str, answer: Callable[[Call], Answer]):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.answer = answer
        self.port = 0
        self.http = None
        self.connections = set()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def start(self):
        server = self

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 64

            def get_request(self):
                connection, address = self.socket.accept()
                # The handshake is for the connection's own thread: one that never comes holds up nobody.
                connection = server.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                with server.lock:
                    server.connections.add(connection)
                return connection, address

            def shutdown_request(self, request):
                with server.lock:
                    server.connections.discard(request)
                super().shutdown_request(request)

            def handle_error(self, request, client_address):
                pass  # an agent that goes away in the middle is nothing to tell of

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                try:
                    body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
                except ValueError:
                    body = None
                if not isinstance(body, dict):
                    return self.send(Answer(400, {"code": "MALFORMED", "status": 400, "title": "Malformed", "detail": "no JSON object"}))
                token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
                self.send(server.answer(Call(self.path.split("?")[0], body, token)))

            def send(self, answer: Answer):
                if answer.status is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(answer.status)
                content = b"" if answer.body is None else json.dumps(answer.body).encode()
                if answer.status != 204:
                    kind = "application/problem+json" if answer.status >= 400 else "application/json"
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(content)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.http = Listener(("127.0.0.1", self.port), Handler)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """Listens no more, and cuts every connection."""
        if not self.http:
            return
        self.http.shutdown()
        self.http.server_close()
        self.http = None
        with self.lock:
            connections, self.connections = self.connections, set()
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
