"""The errors that a terminal shows as one line, without a traceback."""

from openilp.cli.running import PortTaken
from openilp.reference import ReferenceDataError
from openilp.safeguards.errors import SafeguardError
from openilp.safeguards.postgres.errors import DatabaseServerError

REFUSALS = (
    PortTaken,
    SafeguardError,
    DatabaseServerError,
    ReferenceDataError,
    FileNotFoundError,
    IsADirectoryError,
)
