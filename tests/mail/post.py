"""A real SMTP server (aiosmtpd) that does what a test tells it: takes, refuses, puts off, hangs up, keeps silent.

Promises: a step is used once, then the server takes mail again; after ``hold_after`` mails it answers no more; what it took is kept as it came over the wire.
"""

import asyncio
import socket
import ssl
from asyncio import Transport
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"
HANG_UP = "hang up"  # before anything is taken
TAKE_AND_HANG_UP = "take and hang up"  # the answer never comes


class Taken(NamedTuple):
    """One mail as the server took it."""

    sender: str
    recipient: str
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])


class Office:
    """The server's side of the talk: ``steps["RCPT"]`` holds what it does at the next RCPTs."""

    def __init__(self) -> None:
        self.steps: dict[str, list[str]] = defaultdict(list)
        self.taken: list[Taken] = []
        self.signed_in: list[tuple[str, str]] = []
        self.over_tls: list[bool] = []
        self.is_asked = Event()
        self.hold_after: int | None = None
        self.held = 0

    async def handle_MAIL(  # noqa: N802  aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._step("MAIL", server)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hold_after is not None and len(self.taken) >= self.hold_after:
            self.held += 1
            await asyncio.Event().wait()  # until the other side is gone
        answer = self._step("RCPT", server)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        step = self.steps["DATA"][0] if self.steps["DATA"] else "250 OK"
        if step == TAKE_AND_HANG_UP or step.startswith("2"):
            assert isinstance(envelope.content, bytes)
            assert envelope.mail_from is not None
            self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos[0], envelope.content))
            secured = _transport(server).get_extra_info("ssl_object")
            self.over_tls.append(secured is not None)
        return self._step("DATA", server)

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return self._step("QUIT", server, "221 Bye")

    def sign_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.signed_in.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right", handled=False)

    def _step(self, command: str, server: SMTP, usual: str = "250 OK") -> str:
        self.is_asked.set()
        if not self.steps[command]:
            return usual
        step = self.steps[command].pop(0)
        if step in {HANG_UP, TAKE_AND_HANG_UP}:
            _transport(server).abort()
            return usual
        return step


def _transport(server: SMTP) -> Transport:
    assert isinstance(server.transport, Transport)
    return server.transport


class _Counter(Controller):
    """Knows its open connections, so that all of them end with it."""

    def factory(self) -> SMTP:
        return _Clerk(self, self.handler, **self.SMTP_kwargs)

    def __init__(self, *given: Any, **named: Any) -> None:
        self.transports: list[Any] = []
        super().__init__(*given, **named)

    async def hang_up(self) -> None:
        """Take no more connections, and end those that are open."""
        assert self.server
        self.server.close()
        for _ in range(3):  # one that came in just now is made, then aborted, then lost
            while self.transports:
                # A TLS transport that has closed by itself has nothing left to abort.
                with suppress(AttributeError):
                    self.transports.pop().abort()
            await asyncio.sleep(0)


class _Clerk(SMTP):
    def __init__(self, counter: _Counter, *given: Any, **named: Any) -> None:
        self.counter = counter
        super().__init__(*given, **named)

    def connection_made(self, transport: Any) -> None:
        self.counter.transports.append(transport)
        super().connection_made(transport)


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running(office: Office, port: int = 0, **more: Any) -> Iterator[int]:
    """Let ``office`` take mail at a port; ``more`` goes to aiosmtpd (``ssl_context``, ``tls_context`` …)."""
    port = port or free_port()
    controller = _Counter(office, hostname=HOST, port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(controller.hang_up(), controller.loop).result()
        controller.stop()


@contextmanager
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server((HOST, 0)) as listening:
        yield listening.getsockname()[1]


def certificate(folder: Path) -> tuple[Path, Callable[[], ssl.SSLContext]]:
    """Make a certificate for this machine: its file, for who shall trust it, and the server's side."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "mail.pem", folder / "mail.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )

    def server_side() -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(public, private)
        return context

    return public, server_side
