"""The errors that a terminal shows as one line, without a traceback."""

from openilp.cli.backups.errors import BackupError
from openilp.cli.running import PortTaken, RestoreUnfinished, UpgradeNeeded
from openilp.reference import ReferenceDataError
from openilp.safeguards.errors import SafeguardError
from openilp.safeguards.postgres.errors import DatabaseServerError

REFUSALS = (
    PortTaken,
    RestoreUnfinished,
    UpgradeNeeded,
    BackupError,
    SafeguardError,
    DatabaseServerError,
    ReferenceDataError,
    FileNotFoundError,
    IsADirectoryError,
)
