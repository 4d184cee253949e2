"""What can go wrong with a backup, each with its remedy."""

from pathlib import Path


class BackupError(Exception):
    """Say that a backup cannot be taken or used as it stands."""


class TargetNotEmpty(BackupError):
    """Say that something lies where a backup or an instance is to be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"'{folder}' is not empty; name a folder that is empty or does not exist yet.")


class KeysInBackup(BackupError):
    """Say that keys and data would lie in one place."""

    def __init__(self, keys: Path, backup: Path) -> None:
        self.keys, self.backup = keys, backup
        super().__init__(
            f"'{keys}' and '{backup}' lie one in the other: whoever steals the backup would have its keys."
            " Name a folder on another medium with --keys."
        )


class NoBackup(BackupError):
    """Say that a folder is no finished backup."""

    def __init__(self, folder: Path, why: str) -> None:
        self.folder, self.why = folder, why
        super().__init__(f"'{folder}' is no finished backup: {why} Take another one.")


class BackupDamaged(BackupError):
    """Say which file of a backup is not what was written."""

    def __init__(self, folder: Path, path: str, why: str) -> None:
        self.folder, self.path, self.why = folder, path, why
        super().__init__(f"The backup '{folder}' is damaged: '{path}' {why}. Take another one.")


class MadeByNewer(BackupError):
    """Say that a backup or database knows more than this version of OpenILP."""

    def __init__(self, unknown: str) -> None:
        self.unknown = unknown
        super().__init__(
            f"It was made by a newer OpenILP: step '{unknown}' of its database is not known here."
            " Install that version, or a later one."
        )


class CannotRestoreHere(BackupError):
    """Say that a backup of one kind of database cannot go into another."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


class RestoreFailed(BackupError):
    """Say what of a restored instance is not as it was."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__(f"The restored instance is not whole: {'; '.join(faults)}. Take another backup.")


class NoBackupRole(BackupError):
    """Say that the role to copy an external database with is not named."""

    def __init__(self) -> None:
        super().__init__(
            "The database is your own server: name the backup role in OPENILP_BACKUP_URL"
            " (postgresql://openilp_backup:…@host/database; `openilp init` printed it)."  # not a secret: a form to fill
        )


class StillRunning(BackupError):
    """Say that the server has to be stopped first."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        super().__init__(f"OpenILP is being served (process {pid}); stop it first: openilp stop.")
