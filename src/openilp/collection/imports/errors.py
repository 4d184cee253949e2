"""What can go wrong with an import as a whole; what is wrong with one row is a `Refusal`."""

from pathlib import Path

from openilp.collection.errors import CollectionError
from openilp.safeguards.errors import Conflict, NotPermitted


class ImportRefused(CollectionError):
    """Say why a file cannot be imported at all."""


class UnknownMapping(ImportRefused):
    """Say that there is no such mapping."""

    def __init__(self, name: str, known: list[str]) -> None:
        self.name, self.known = name, known
        super().__init__("mapping", f"There is no mapping '{name}'; use one of {', '.join(known)}.")


class BrokenMapping(ImportRefused):
    """Say which key of a mapping breaks a rule."""

    def __init__(self, path: Path | str, key: str, problem: str) -> None:
        self.path, self.key = str(path), key
        super().__init__("mapping", f"Mapping {Path(path).name}, key '{key}': {problem}.")


class FileTooLarge(ImportRefused):
    """Say that a file is beyond a limit."""

    def __init__(self, what: str, found: int, limit: int) -> None:
        self.found, self.limit = found, limit
        super().__init__("file", f"The file has {found:,} {what}; at most {limit:,} are taken. Split it.")


class UnreadableFile(ImportRefused):
    """Say that a file is not what its name says."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(
            "file", f"'{name}' cannot be read: {problem}. Give a CSV file (UTF-8) or a Parquet file."
        )


class ColumnsMissing(ImportRefused):
    """Say which columns a mapping needs and a file does not have."""

    def __init__(self, missing: list[str], found: list[str]) -> None:
        self.missing = missing
        has = ", ".join(name[:40] for name in found[:20]) or "none"
        super().__init__(
            "file",
            f"The file has no column {', '.join(missing)}; it has {has}. Choose the mapping that fits it.",
        )


class ImportRunning(Conflict):
    """Say that another process imports the same file."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"Import {reference} went on in another process; wait for it, then start again.")


class RunFinished(Conflict):
    """Say that a run has nothing left to do."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"Import {reference} is finished; send the file again if rows were mended.")


class FileGone(Conflict):
    """Say that the file of a run is not here."""

    def __init__(self, reference: str, name: str) -> None:
        self.reference, self.name = reference, name
        super().__init__(
            f"The file '{name}' of import {reference} is not here; send it again and the import goes on."
        )


class NotTheImporter(NotPermitted):
    """Say that only the account that began a run goes on with it."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__("collection.resume_import")
        self.args = (
            f"Import {reference} was begun by another account; send its file yourself: what is there is known.",
        )


class AlreadyDecided(Conflict):
    """Say that somebody else has taken an imported report over, or refused it, meanwhile."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"Somebody else has decided on {reference} meanwhile; load the desk again.")
