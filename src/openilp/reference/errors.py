"""What can go wrong with reference data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class ReferenceDataError(Exception):
    """Stand for every fault of the reference data."""


class InvalidReferenceFile(ReferenceDataError):
    """Say which key of which file breaks which rule.

    Attributes:
        file: The file that was refused.
        key: Path of the offending key inside it, for example `values[2].code`.
        reason: What is wrong and what to write instead.
    """

    def __init__(self, file: Path, key: str, reason: str) -> None:
        self.file = file
        self.key = key
        self.reason = reason
        super().__init__(f"Reference file '{file}', key '{key}': {reason}")


class ReferenceVersionTaken(InvalidReferenceFile):
    """Refuse a file that would change a list that already exists under its id and version."""


class UnknownCode(ReferenceDataError, LookupError):
    """Say that a code is not in its list and which codes are.

    Attributes:
        code: The code that was asked for.
        scheme: Id of the list.
        version: Version of the list.
        noun: What a value of the list is called, for example `Grade`.
        allowed: The codes of the list, in order.
    """

    def __init__(
        self, code: str, *, scheme: str, version: str, noun: str, allowed: Sequence[str], place: str = "list"
    ) -> None:
        self.code = code
        self.scheme = scheme
        self.version = version
        self.noun = noun
        self.allowed = tuple(allowed)
        super().__init__(
            f"{noun} '{code}' is not in {place} '{scheme}'; use one of {', '.join(self.allowed) or '(none)'}."
        )


class UnknownScheme(ReferenceDataError, LookupError):
    """Say that there is no list, scheme or profile of an id or version.

    Attributes:
        noun: What was looked for, for example `Grading scheme`.
        id: The id that was asked for.
        version: The version that was asked for, None for the newest.
        allowed: Ids (or, when the id exists, versions) to choose from.
    """

    def __init__(self, noun: str, wanted: str, version: str | None, allowed: Sequence[str]) -> None:
        self.noun = noun
        self.id = wanted
        self.version = version
        self.allowed = tuple(allowed)
        what = (
            f"'{wanted}' is not in the reference data"
            if version is None
            else f"'{wanted}' has no version '{version}'"
        )
        super().__init__(f"{noun} {what}; use one of {', '.join(self.allowed) or '(none)'}.")


class NoConversion(ReferenceDataError, LookupError):
    """Say that no table offers grades of one scheme for those of another.

    Attributes:
        from_scheme: Id of the scheme that the grade is in.
        to_scheme: Id of the scheme that was wanted.
    """

    def __init__(self, from_scheme: str, to_scheme: str) -> None:
        self.from_scheme = from_scheme
        self.to_scheme = to_scheme
        super().__init__(
            f"No table offers grades of scheme '{to_scheme}' for grades of scheme '{from_scheme}'; "
            f"evaluate again in '{to_scheme}'."
        )
