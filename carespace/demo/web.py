"""The demo's address: a free port, and whether the pages answer."""

import http.client
import socket

LOOPBACK = "127.0.0.1"
MOST_PORT = 65535
TRIES = 100


class NoFreePort(RuntimeError):
    """No port near the wanted one is free."""


def free_port(wanted: int) -> int:
    """Return ``wanted`` or the next free port; for 0, any free one."""
    if wanted == 0:
        with socket.create_server((LOOPBACK, 0)) as server:
            return int(server.getsockname()[1])
    for port in range(wanted, min(wanted + TRIES, MOST_PORT + 1)):
        if _is_free(port):
            return port
    message = f"No port from {wanted} on is free; choose another with --port."
    raise NoFreePort(message)


def answers(port: int, path: str) -> bool:
    """Whether ``path`` answers 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _is_free(port: int) -> bool:
    # A browser tries localhost as ::1 first: somebody else's server there would answer it.
    with socket.socket(socket.AF_INET6) as other:
        if other.connect_ex(("::1", port)) == 0:
            return False
    try:
        with socket.create_server((LOOPBACK, port)):
            return True
    except OSError:
        return False
