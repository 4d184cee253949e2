"""What can go wrong in analysis."""

from collections.abc import Iterable

from openilp.safeguards.errors import Conflict, InvalidInput


class AnalysisError(InvalidInput):
    """Say what is wrong with something that an analyst gave."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class NothingSelected(AnalysisError):
    """Say that a selection holds no row."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            "selection", f"The selection holds no {what}; widen the period, the types or the units."
        )


class BadPeriod(AnalysisError):
    """Say that a period ends before it begins."""

    def __init__(self, starts_on: object, ends_on: object) -> None:
        super().__init__("ends_on", f"The period ends on {ends_on}, before {starts_on}; swap the two dates.")


class UnknownMethod(AnalysisError):
    """Say that no method has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        super().__init__("method", f"Method '{name}' is not known; use one of {', '.join(known)}.")


class WrongData(AnalysisError):
    """Say that a method cannot work on this kind of data."""

    def __init__(self, method: str, needs: str, kind: str) -> None:
        super().__init__(
            "method",
            f"Method '{method}' needs {needs}, but the snapshot holds {kind}; take another snapshot.",
        )


class BadParameter(AnalysisError):
    """Say that a parameter lies outside its range."""

    def __init__(self, name: str, value: object, remedy: str) -> None:
        self.value = value
        super().__init__(name, f"{name} is '{value}'; {remedy}")


class MethodRefused(AnalysisError):
    """Say in the method's own words why it gives no answer."""

    def __init__(self, reason: str) -> None:
        super().__init__("method", reason)


class SnapshotDamaged(Conflict):
    """Say that a snapshot's file is absent or is not what was taken."""

    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256
        super().__init__(
            f"The file of snapshot {sha256[:12]} is absent or was changed; restore it from the backup "
            "or take the snapshot again."
        )


class NotEvaluated(AnalysisError):
    """Say that an item has no grade yet."""

    def __init__(self, item: str) -> None:
        self.item = item
        super().__init__("items", f"Item {item} is not evaluated; have it graded before it is used.")


class AlreadySuperseded(Conflict):
    """Say that only the newest assessment can be superseded."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"Assessment {ref} was superseded already; open the newest one and change that.")


class EditConflict(Conflict):
    """Say that somebody else saved the product in between; both texts are kept here."""

    def __init__(self, ref: str, *, yours: int, theirs: int) -> None:
        self.ref, self.yours, self.theirs = ref, yours, theirs
        super().__init__(
            f"{ref} was saved by somebody else meanwhile (revision {theirs}, you began with {yours}); "
            "compare both texts below and save again."
        )


class UnknownBlock(AnalysisError):
    """Say that a product has no such block."""

    def __init__(self, block: str) -> None:
        super().__init__("block", f"There is no block '{block}' in this product; load the page again.")


class NotReady(Conflict):
    """Say what still stands between a product and its edition."""

    field = "rights_check"

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("The product cannot be finished yet: " + " ".join(self.reasons))


class DocumentFontsMissing(Conflict):
    """Say that the fonts of the documents were not made."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        super().__init__(
            f"There is no document font in '{folder}'; run `make setup`, or `python frontend/make_document_fonts.py`."
        )
