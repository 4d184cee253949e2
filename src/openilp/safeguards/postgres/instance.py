"""The database of this installation: the embedded server, or the agency's own through DATABASE_URL."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

import psycopg
from psycopg.conninfo import make_conninfo

from openilp.safeguards.postgres.bootstrap import APP, CORRIDOR, SEQUENCER, bootstrap
from openilp.safeguards.postgres.embedded import EmbeddedPostgres
from openilp.safeguards.postgres.home import openilp_home

DATABASE = "openilp"
_LOCK = 0x0F10
#: What `openilp init` noted for this home; the environment wins over it.
CONFIGURATION = "instance.json"


def configured(name: str, default: str = "") -> str:
    """Return a setting from the environment, else from what `openilp init` noted, else the default."""
    if name in os.environ:
        return os.environ[name]
    path = openilp_home() / CONFIGURATION
    noted: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return noted.get(name, default)


@dataclass(frozen=True)
class Instance:
    """Where the database is and how the roles reach it."""

    home: Path
    external: str = ""
    durable: bool = True

    @classmethod
    def here(cls) -> "Instance":
        """Return the instance that the environment describes."""
        return cls(
            home=openilp_home(),
            external=configured("DATABASE_URL"),
            durable=os.environ.get("OPENILP_VOLATILE") != "1",
        )

    @property
    def server(self) -> EmbeddedPostgres:
        """The embedded server; only used where DATABASE_URL is not set."""
        return EmbeddedPostgres(self.home, durable=self.durable)

    def connection_parameters(self) -> dict[str, str]:
        """Return the entries of Django's DATABASES for the application role."""
        if not self.external:
            return {"NAME": DATABASE, **self.server.connection_parameters(APP)}
        url = urlparse(self.external)
        if url.scheme not in ("postgres", "postgresql"):
            raise ValueError(f"DATABASE_URL begins with '{url.scheme}'; OpenILP needs postgresql://…")
        return {
            "NAME": url.path.lstrip("/") or DATABASE,
            "HOST": unquote(url.hostname or ""),
            "PORT": str(url.port or 5432),
            "USER": unquote(url.username or APP),
            "PASSWORD": unquote(url.password or ""),
        }

    def corridor_parameters(self) -> dict[str, str]:
        """Return the entries of Django's DATABASES for the sterile corridor: same database, another role."""
        password = configured("OPENILP_CORRIDOR_PASSWORD")
        return {**self.connection_parameters(), "USER": CORRIDOR, "PASSWORD": password}

    def ensure_running(self, *, createdb: bool = False) -> bool:
        """Start the embedded server where it is ours and not running, and make roles and database.

        Returns:
            True if this call started it.
        """
        if self.external:
            return False
        started = self.server.start()
        with psycopg.connect(self.server.dsn(), autocommit=True) as connection:
            # Two processes that start at once must not change the same roles; the lock ends with the connection.
            connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            bootstrap(connection, database=DATABASE, createdb=createdb)
        return started

    def sequencer_dsn(self) -> str:
        """Return the connection string of the audit sequencer."""
        parameters = self.connection_parameters()
        return make_conninfo(
            host=parameters["HOST"],
            port=parameters["PORT"],
            dbname=parameters["NAME"],
            user=SEQUENCER,
            password=configured("OPENILP_SEQUENCER_PASSWORD"),
        )
