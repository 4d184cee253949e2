"""How the embedded server is set up, and whom it lets in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

PORT = 5432
"""Names the socket only; no network port is opened."""

ACCESS_RULES = "local all all peer map=openilp\nlocal replication all peer map=openilp\n"

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "5min",
    "password_encryption": "scram-sha-256",
    # Statements and the details of errors hold police data; the server's log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}

VOLATILE_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "autovacuum_naptime": "5min",
}


def server_settings(*, socket_folder: Path, durable: bool) -> str:
    """Return the settings in the form of postgresql.conf.

    Args:
        socket_folder: Folder of the socket.
        durable: False trades the safety of committed data for speed.
    """
    settings = {
        **SETTINGS,
        **({} if durable else VOLATILE_SETTINGS),
        # A list of folders: the inner quotes keep blanks and commas in one folder's name.
        "unix_socket_directories": '"{}"'.format(str(socket_folder).replace('"', '""')),
    }
    return "".join("{} = '{}'\n".format(name, value.replace("'", "''")) for name, value in settings.items())


def account_map(accounts: Iterable[str]) -> str:
    """Return pg_ident.conf: each operating-system account may act as every database role."""
    return "".join(f'openilp "{account}" all\n' for account in accounts)
