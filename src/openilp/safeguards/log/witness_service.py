"""The witness as a small HTTP service of its own: standard library only, no database, no OpenILP instance."""

from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from openilp.safeguards.log.witness import LARGEST_REQUEST, Answer, Witness

_TIMEOUT_S = 20.0


class Service(ThreadingHTTPServer):
    """Answers `POST /add-checkpoint`, `GET /key`, and `GET /latest/<SHA-256 of the origin>`."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Service
    server_version = "OpenILP-witness"
    sys_version = ""
    timeout = _TIMEOUT_S
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a checkpoint."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self.close_connection = True  # the body is left unread
            self._send(Answer(404, "There is only /add-checkpoint.\n"))
        elif not length.isdigit() or int(length) > LARGEST_REQUEST:
            self.close_connection = True
            self._send(Answer(413, f"A request has a length, and at most {LARGEST_REQUEST} bytes.\n"))
        else:
            self._send(self.server.witness.add_checkpoint(self.rfile.read(int(length))))

    def do_GET(self) -> None:
        """Show the key, or the latest checkpoint that was cosigned for a log."""
        witness = self.server.witness
        if self.path == "/key":
            self._send(Answer(200, f"{witness.signer.verifier}\n"))
            return
        for origin in witness.origins:
            if self.path == f"/latest/{sha256(origin.encode()).hexdigest()}":
                seen = witness.latest(origin)
                self._send(Answer(200, seen.note) if seen and seen.note else Answer(404, "Nothing yet.\n"))
                return
        self._send(Answer(404, "There is nothing here.\n"))

    def _send(self, answer: Answer) -> None:
        body = answer.text.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (named so by the base class)
        """Write one line a request to standard output."""
        print(f"witness: {self.address_string()} {format % args}", flush=True)  # noqa: T201 (a service's log)
