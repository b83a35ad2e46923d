"""What the private server's two settings files say, and why.

They are written anew at every start, outside the data folder: a newer CareSpace changes them for
old data too, and the account that runs the server cannot.

Logs hold no health information: an error's text, detail and statement quote the values that caused
it, so errors go to the client only, never to the log (``log_min_messages = log`` keeps what the
server says of itself: starts, recovery, checkpoints, crashes, refused sign-ins).
"""

from pathlib import Path

PORT = 5432  # only names the socket: nothing listens on the network
SOCKET_NAME = f".s.PGSQL.{PORT}"
SUPERUSER = "postgres"

_FIXED = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "lc_messages": "C",  # errors are told apart by their English words before a session exists
    "cluster_name": "carespace",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",  # one file per weekday, overwritten a week later
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_file_mode": "0600",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",  # no DETAIL ("Key (mrn)=(123) already exists"), no CONTEXT
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

# No line for the network, none that trusts a local account: a password for everybody.
ACCESS_RULES = f"""\
local all all scram-sha-256
local replication {SUPERUSER} scram-sha-256
"""


def server_settings(*, socket_folder: Path, log_folder: Path, access_file: Path) -> str:
    """The text of the server's configuration file."""
    folders = {
        "unix_socket_directories": f'"{socket_folder}"',
        "log_directory": str(log_folder),
        "hba_file": str(access_file),
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in (_FIXED | folders).items()]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
