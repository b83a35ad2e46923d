"""A mail server of a few lines: takes what it is sent, or falls silent once the mail is whole (RFC 5321)."""

import socketserver
from threading import Event, Thread
from types import TracebackType

HOLD_SECONDS = 60


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    office: "PostOffice"


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().strip().upper():
            if line == b"DATA":
                self._say("354 go on")
                self._take()
            self._say("221 bye" if line == b"QUIT" else "250 OK")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        office = self.server.office
        office.taken.append(b"".join(lines).decode())
        office.has_one.set()
        if office.is_silent:
            office.opened.wait(HOLD_SECONDS)

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class PostOffice:
    """Use as a context; ``is_silent`` gives no answer after a mail's last line."""

    def __init__(self, *, is_silent: bool = False) -> None:
        self.is_silent = is_silent
        self.taken: list[str] = []
        self.has_one, self.opened = Event(), Event()
        self._server = _Server(("127.0.0.1", 0), _Talk)
        self._server.office = self

    @property
    def url(self) -> str:
        """The address as EMAIL_URL wants it."""
        return f"smtp://127.0.0.1:{self._server.server_address[1]}?starttls=off"

    def __enter__(self) -> "PostOffice":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.opened.set()
        self._server.shutdown()
        self._server.server_close()
