"""How the rows of this room are kept and leave."""

from openilp.collection import files
from openilp.collection.models import Attachment, ImportBatch, Report
from openilp.safeguards.retention.handling import DEFAULT_RULE, Handling, register


def register_all() -> None:
    """Register clocks and files; items, mentions and answers go with their report, incidents with their import."""
    register(Handling(Report, rule=DEFAULT_RULE))
    register(Handling(ImportBatch, rule=DEFAULT_RULE, file_column="reasons", remove_file=remove))
    register(Handling(Attachment, file_column="sha256", remove_file=remove))


def remove(sha256: str) -> None:
    """Remove a file from the store; one that is gone already is no fault."""
    files.address(sha256).unlink(missing_ok=True)
