"""What can go wrong at entry."""

from collections.abc import Sequence

from openilp.safeguards.errors import Conflict, InvalidInput, NotPermitted, SafeguardError


class CollectionError(InvalidInput):
    """Say what is wrong with something that comes in."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class NoItems(CollectionError):
    """Say that a report holds nothing to grade."""

    def __init__(self) -> None:
        super().__init__("items", "The report has no item; write at least one piece of information.")


class PredicateMissing(CollectionError):
    """Say that a person is proposed as suspect without the facts for it."""

    def __init__(self, mention: str) -> None:
        self.mention = mention
        super().__init__(
            "predicate",
            f"'{mention}' is proposed as suspect; write the facts that make the person one,"
            " or choose another category.",
        )


class WordingToConfirm(CollectionError):
    """Say that words touch specially protected facts, and that the reporter must confirm their need."""

    def __init__(self, found: Sequence[tuple[str, str]]) -> None:
        self.found = tuple(found)
        named = "; ".join(f"{kind}: '{word}'" for kind, word in found)
        super().__init__(
            "wording_confirmed",
            f"The text touches specially protected facts ({named}). Take them out,"
            " or confirm that they are strictly necessary.",
        )


class FileRefused(CollectionError):
    """Say why a file cannot be attached; the base of all refusals of files."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__("files", message)


class FileTooLarge(FileRefused):
    """Say that a file has more bytes than one may have."""

    def __init__(self, name: str, limit: int) -> None:
        self.limit = limit
        super().__init__(
            name,
            f"'{name}' has more than {limit // (1024 * 1024)} MB, the limit for one file;"
            " send a smaller version, or the part that matters.",
        )


class ImportTooLarge(FileTooLarge):
    """Say that a file of rows has more bytes than an upload may have."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(name, limit)
        self.field = "file"
        remedy = "split it, save it as Parquet, or give it to `openilp import` on the server."
        self.args = (
            f"'{name}' has more than {limit // (1024 * 1024)} MB, the limit for an upload; {remedy}",
        )


class TooManyFiles(FileRefused):
    """Say that more files came at once than one request may bring."""

    def __init__(self, name: str, limit: int) -> None:
        self.limit = limit
        super().__init__(
            name, f"'{name}' is one file too many: {limit} at a time; add the others to the report."
        )


class FileTypeRefused(FileRefused):
    """Say that a file is of a kind that is not taken."""

    def __init__(self, name: str, allowed: Sequence[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(
            name, f"'{name}' is of a kind that is not taken; send it as one of {', '.join(allowed)}."
        )


class FileEmpty(FileRefused):
    """Say that a file holds nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"'{name}' is empty; choose the file again.")


class ArchiveRefused(FileRefused):
    """Say that an archive could do harm when it is unpacked, or cannot be looked into."""

    def __init__(self, name: str, why: str, remedy: str) -> None:
        self.why = why
        super().__init__(name, f"'{name}' {why}; {remedy}.")


class AlreadyAttached(Conflict):
    """Say that a report carries the very same file."""

    def __init__(self, name: str, reference: str) -> None:
        self.name, self.reference = name, reference
        super().__init__(f"'{name}' is attached already as {reference}; it need not be sent again.")


class NotTheReporter(NotPermitted):
    """Say that only the author of a report, or the intelligence unit, adds files to it."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__("collection.attach_file")
        self.args = (f"{reference} is somebody else's report; hand in one of your own with the file.",)


class AlreadyAnswers(Conflict):
    """Say that a report is tied to a requirement already."""

    def __init__(self, reference: str, requirement: str) -> None:
        self.reference, self.requirement = reference, requirement
        super().__init__(f"{reference} answers {requirement} already; choose another question or line.")


class AnswerReplaced(Conflict):
    """Say that somebody else has replaced what a report answers meanwhile."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"Somebody else has changed what {reference} answers; load the report again.")


class DamagedFile(SafeguardError):
    """Say that a stored file is no longer what was received."""

    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256
        super().__init__(
            f"File {sha256[:12]}… is missing or damaged in the store; restore it from the last backup."
        )


class CannotStrip(CollectionError):
    """Say that a file cannot be copied without what it tells beside its content."""

    def __init__(self, name: str, media_type: str) -> None:
        self.name, self.media_type = name, media_type
        super().__init__(
            "form",
            f"'{name}' ({media_type}) cannot be copied without its metadata here; "
            "make a PDF, PNG or JPEG of it, look at it, and attach that.",
        )
